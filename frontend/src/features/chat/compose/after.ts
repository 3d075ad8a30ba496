import { useMemo } from "react";
import { announce } from "../../../components/announce";
import { place } from "../../../components/place";
import type { After } from "../../draft/sending";
import { type Current, isOver } from "./current";
import { useComposeWords } from "./words";

/** useAfterChat: the next message takes the place of one that was taken; that one stands in the conversation at once. */
export function useAfterChat(
  conversation: string,
  draft: string,
  next: () => Current,
  show: (next: () => Current) => void,
): After {
  const words = useComposeWords();
  return useMemo(
    () => ({
      place: `${place("/chat", conversation)}?draft=${draft}`,
      taken: (_message, isShown) => {
        isOver(draft);
        if (isShown) show(next);
        else announce(words.taken);
      },
    }),
    [conversation, draft, next, show, words],
  );
}
