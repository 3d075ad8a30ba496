import { useMemo } from "react";
import { useLocation } from "wouter";
import { announce } from "../../components/announce";
import type { After } from "./sending";
import { useDraftWords } from "./words";

/** useAfterMail: a draft of mail that was taken is shown among what was sent. */
export function useAfterMail(id: string): After {
  const words = useDraftWords();
  const [, go] = useLocation();
  return useMemo(
    () => ({
      place: `/draft/${id}`,
      taken: (message, isShown) => {
        if (isShown) go(message === undefined ? "/sent" : `/sent/${message}`, { replace: true });
        if (message !== undefined) announce(words.send.handed);
      },
    }),
    [id, words, go],
  );
}
