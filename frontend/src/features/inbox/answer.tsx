import { Button } from "@mantine/core";
import { useLocation } from "wouter";
import { announce } from "../../components/announce";
import { begun } from "../../components/begun";
import { useShortcuts } from "../../components/shortcuts";
import { type Answer, useAnswer } from "./queries";
import { useInboxWords } from "./words";

/**
 * useAnswers begins a reply to a message, or passes it on: under its label, which the new draft inherits. What is withheld is not
 * answered from here: its text would go along.
 */
export function useAnswers(id: string, possible: readonly Answer[]) {
  const [, go] = useLocation();
  const begin = useAnswer(id);
  const act = (kind: Answer) => () => {
    if (!possible.includes(kind) || begin.isPending) return;
    begin.mutate(kind, {
      onSuccess: ({ draft, notes }) => {
        begun(draft);
        go(`/draft/${draft}`);
        if (notes.length > 0) announce(notes.join(" "));
      },
    });
  };
  useShortcuts({ r: act("reply"), R: act("reply-all"), f: act("forward") });
  return { act, possible, isBusy: begin.isPending, error: begin.error };
}

type Props = { act: (kind: Answer) => () => void; possible: readonly Answer[]; isBusy: boolean };

export function Answers({ act, possible, isBusy }: Props) {
  const { answer: words } = useInboxWords();
  return possible.map((kind) => (
    <Button key={kind} variant="default" disabled={isBusy} onClick={act(kind)}>
      {words[kind]}
    </Button>
  ));
}
