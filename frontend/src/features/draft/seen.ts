import type { Report } from "../../api/problem";
import type { Seen, Verdict } from "../../api/types";
import { needsOwnReason, overrideKey, thresholdsOf } from "./shape";

/** seenOf is what a report shows of everything that a reason may be given for: the reason holds for that and nothing else. */
export function seenOf(report: Report, sender: string): Record<string, Seen> {
  const { marking } = report.label;
  const of = ({ outcome, reasons, evidence }: Verdict): Seen => ({
    ...{ marking, policy: evidence.policy.sha256, outcome },
    rules: (reasons ?? []).map((r) => r.rule),
  });
  const seen: Record<string, Seen> = {};
  if (needsOwnReason(report)) seen[sender] = of(report.originator);
  for (const { address, verdict } of report.recipients) {
    if (verdict.action === "warn") seen[address] = of(verdict);
  }
  const policy = report.originator.evidence.policy.sha256;
  for (const t of thresholdsOf(report)) {
    seen[overrideKey(t)] = { marking, policy, limit: t.limit, recipients: t.recipients };
  }
  return seen;
}
