import type { RecipientReport } from "../../../api/types";
import { useReason } from "../../../words/reasons";
import { useDraftWords } from "../words";

/** useVerdictLine gives the one line of reason of a recipient: of himself, else of the way to him. */
export function useVerdictLine(r: RecipientReport | undefined): string {
  const words = useDraftWords();
  const reason = useReason();
  if (!r) return "";
  const own = r.verdict.reasons.map(reason);
  const way = r.link.reasons.map((x) => words.check.link(reason(x), r.link.evidence.directory.replace(/^route /, "")));
  // The worse of the two speaks first; where both refuse, both are said.
  return (r.verdict.outcome === "cleared" ? [...way, ...own] : [...own, ...way]).join(" ");
}
