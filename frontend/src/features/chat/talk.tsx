import { Button } from "@mantine/core";
import { useLocation } from "wouter";
import type { Hit } from "../../api/types";
import { place } from "../../components/place";
import { ProblemState } from "../../components/state";
import { useChat, useTalk } from "./queries";
import { useChatWords } from "./words";

/** Talk opens the conversation with somebody of the book, or asks to join a room. Without an account nobody can talk. */
export function Talk({ hit }: { hit: Pick<Hit, "kind" | "jid"> }) {
  const { title } = useChatWords();
  const [, go] = useLocation();
  const talk = useTalk((id) => go(place("/chat", id)));
  const accounts = useChat().data?.accounts ?? [];
  const [jid] = hit.jid;
  if (!jid || accounts.length === 0 || hit.kind === "list" || hit.kind === "organisation") return null;
  const begin = () => {
    if (hit.kind === "room") go(`/chat/rooms?room=${encodeURIComponent(jid)}`);
    else talk.mutate(jid);
  };
  return (
    <>
      <Button variant="default" disabled={talk.isPending} onClick={begin}>
        {title}
      </Button>
      {talk.isError ? <ProblemState error={talk.error} inline /> : null}
    </>
  );
}
