import { useCallback } from "react";
import type { RecipientReport, Verdict } from "../../../api/types";
import { useLinkReason, useReason } from "../../../words/reasons";

/** useLinkLine says of a way what it does not carry, or why there is none. */
export function useLinkLine(): (link: Verdict) => string[] {
  const said = useLinkReason();
  return useCallback(
    (link) => link.reasons.map((r) => said(r, link.evidence.directory.replace(/^route /, ""))),
    [said],
  );
}

/** useVerdictLine gives the one line of reason of a recipient: of himself, else of the way to him. */
export function useVerdictLine(r: RecipientReport | undefined): string {
  const reason = useReason();
  const line = useLinkLine();
  if (!r) return "";
  const own = r.verdict.reasons.map(reason);
  const way = line(r.link);
  // The worse of the two speaks first; where both refuse, both are said.
  return (r.verdict.outcome === "cleared" ? [...way, ...own] : [...own, ...way]).join(" ");
}
