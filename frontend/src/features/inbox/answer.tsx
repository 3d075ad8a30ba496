import { Button } from "@mantine/core";
import { useLocation } from "wouter";
import { announce } from "../../components/announce";
import { useShortcuts } from "../../components/shortcuts";
import { type Answer, answers, useAnswer } from "./queries";
import { useInboxWords } from "./words";

/**
 * useAnswers begins a reply to a message, or passes it on: under its label, which the new draft inherits. What is withheld is not
 * answered from here: its text would go along.
 */
export function useAnswers(id: string, isPossible: boolean) {
  const [, go] = useLocation();
  const begin = useAnswer(id);
  const act = (kind: Answer) => () => {
    if (!isPossible || begin.isPending) return;
    begin.mutate(kind, {
      onSuccess: ({ draft, notes }) => {
        go(`/draft/${draft}`);
        if (notes.length > 0) announce(notes.join(" "));
      },
    });
  };
  useShortcuts({ r: act("reply"), R: act("reply-all"), f: act("forward") });
  return { act, isBusy: begin.isPending, error: begin.error };
}

type Props = { act: (kind: Answer) => () => void; isBusy: boolean };

export function Answers({ act, isBusy }: Props) {
  const { answer: words } = useInboxWords();
  return answers.map((kind) => (
    <Button key={kind} variant="default" disabled={isBusy} onClick={act(kind)}>
      {words[kind]}
    </Button>
  ));
}
