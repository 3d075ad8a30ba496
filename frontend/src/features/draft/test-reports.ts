import type { Report } from "../../api/problem";
import type { LabelSelection, Outcome, RecipientReport, Verdict } from "../../api/types";

/** Reports, people and labels for the tests of the draft. */

const evidence: Verdict["evidence"] = {
  directory: "gbr",
  dn: "cn=x",
  readAt: null,
  transport: "ldaps",
  policy: { name: "NATO", sha256: "", version: 1 },
};

export function verdict(outcome: Outcome, action: Verdict["action"] = outcome === "cleared" ? "pass" : "block") {
  const reasons = outcome === "cleared" ? [] : [{ rule: outcome, text: `It is ${outcome}.` }];
  return { outcome, action, reasons, evidence };
}

/** person is a recipient with a verdict; the way to him is clear. */
export function person(name: string, of: Outcome | Verdict = "cleared", way: Outcome | Verdict = "cleared") {
  return {
    address: `${name.toLowerCase()}@example.test`,
    kind: "person",
    name,
    nation: "GBR",
    verdict: typeof of === "string" ? verdict(of) : of,
    link: typeof way === "string" ? verdict(way) : way,
  } satisfies RecipientReport;
}

export function report(recipients: RecipientReport[], more: Partial<Report> = {}): Report {
  return {
    draft: "d1",
    fixes: [],
    parts: [],
    thresholds: [],
    warnings: [],
    label: { marking: "NATO SECRET", problems: [], valid: true },
    originator: verdict("cleared"),
    outcome: "cleared",
    recipients,
    sendable: true,
    ...more,
  };
}

export const secret: LabelSelection = { policy: "NATO", classification: "SECRET" };
export const restricted: LabelSelection = { policy: "NATO", classification: "RESTRICTED" };
