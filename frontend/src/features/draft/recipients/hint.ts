import type { RecipientReport } from "../../../api/types";
import { useVerdictLine } from "../check/verdict-line";
import type { Known } from "../names";
import { useDraftWords } from "../words";
import { useRecipientWords } from "./words";

/**
 * useHint is all that is to be known of a recipient in one line: who, what to beware of, the reason, by what else he is reached,
 * and what the directory says that he can take.
 */
export function useHint(address: string, known: Known | undefined, report: RecipientReport | undefined): string {
  const words = useDraftWords();
  const own = useRecipientWords();
  const line = useVerdictLine(report);
  const name = known?.name || address;
  return [
    name === address ? address : `${name}, ${address}`,
    known?.disabled ? words.recipients.disabled : "",
    known?.lookalike ? words.recipients.lookalike(known.lookalike) : "",
    line,
    report?.alsoBy?.length ? own.also(report.alsoBy.join(", ")) : "",
    ...(report?.notes ?? []),
  ]
    .filter(Boolean)
    .join(" – ");
}
