import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { api, ask } from "../../api/client";
import type { Message } from "../../api/types";
import { announce } from "../../components/announce";
import { beginDraft } from "../../components/begin-draft";
import { begun } from "../../components/begun";
import { useShortcuts } from "../../components/shortcuts";
import { ProblemState } from "../../components/state";
import { useSentWords } from "./words";

const kinds = ["reply", "reply-all", "forward"] as const;
type Kind = (typeof kinds)[number];

/** Of chat there is nothing to forward, and nobody besides whom it went to. */
const kindsOf = (m: Message): readonly Kind[] => (m.channel === "chat" ? ["reply"] : kinds);

/** Answer begins a reply to a message that was sent, or passes it on: under its label, which the new draft inherits. */
export function Answer({ message: m }: { message: Message }) {
  const { answer: words } = useSentWords();
  const [, go] = useLocation();
  const begin = useMutation({
    mutationFn: async (kind: Kind) => {
      const { content, notes } = await ask(api.POST("/api/drafts/from", { body: { message: m.id, kind } }));
      return { path: await beginDraft(content), notes };
    },
    onSuccess: ({ path, notes }) => {
      begun(path.slice("/draft/".length));
      go(path);
      if (notes.length > 0) announce(notes.join(" "));
    },
  });
  const offered = kindsOf(m);
  const act = (kind: Kind) => () => {
    if (!begin.isPending && offered.includes(kind)) begin.mutate(kind);
  };
  useShortcuts({ r: act("reply"), R: act("reply-all"), f: act("forward") });
  return (
    <>
      {offered.map((k) => (
        <Button key={k} variant="default" disabled={begin.isPending} onClick={act(k)}>
          {words[k]}
        </Button>
      ))}
      {begin.isError ? <ProblemState error={begin.error} inline /> : null}
    </>
  );
}
