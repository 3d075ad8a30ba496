import type { RecipientReport } from "../../../api/types";
import { useWords } from "../../../words/language";
import { age } from "../../../words/time";
import { useCheckWords } from "./words";

/** useWas says what the check while drafting had found, where the one at Send found something else; "" where nothing changed. */
export function useWas(): (r: RecipientReport) => string {
  const words = useCheckWords();
  const shared = useWords();
  return ({ was }) => {
    if (!was) return "";
    const when = was.readAt ? age(was.readAt, shared) : "";
    if (was.outcome === "cleared") return when ? words.was.cleared(when) : words.was.clearedBefore;
    const outcome = shared.outcome[was.outcome];
    return when ? words.was.other(outcome, when) : words.was.otherBefore(outcome);
  };
}
