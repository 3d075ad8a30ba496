import type { Report } from "../../api/problem";
import type { Fix, Outcome, RecipientReport } from "../../api/types";
import { outcomeOf } from "../../components/outcome";

/** The recipients of a report by what follows for them. */
export type Groups = { refused: RecipientReport[]; unsure: RecipientReport[]; cleared: RecipientReport[] };

export type PartReport = Report["parts"][number];
export type Threshold = Report["thresholds"][number];
export type Warning = Report["warnings"][number];

const rank: Record<Outcome, number> = { "not-cleared": 0, error: 1, unknown: 2, stale: 3, cleared: 4 };

/** groups sorts the recipients into refused, could not check, cleared; worst first. */
export function groups(report: Report): Groups {
  const out: Groups = { refused: [], unsure: [], cleared: [] };
  for (const r of report.recipients) {
    const outcome = outcomeOf(r);
    if (outcome === "not-cleared") out.refused.push(r);
    else if (outcome === "cleared") out.cleared.push(r);
    else out.unsure.push(r);
  }
  out.unsure.sort((a, b) => rank[outcomeOf(a)] - rank[outcomeOf(b)]);
  return out;
}

// What an earlier version of the program reported has none of these: an absent list is none, and never an error of the page.
export const partsOf = (r: Report): readonly PartReport[] => (r as Partial<Report>).parts ?? [];
export const thresholdsOf = (r: Report): readonly Threshold[] => (r as Partial<Report>).thresholds ?? [];
export const warningsOf = (r: Report): readonly Warning[] => (r as Partial<Report>).warnings ?? [];
/** endsBeforeSending: a warning about the time at which it is to be sent. It stands beside that time, not among the others. */
export const endsBeforeSending = (w: Warning): boolean =>
  w.kind === "expires-before-sending" || w.kind === "review-before-sending";

export const fixesOf = (r: Report): readonly Fix[] => (r as Partial<Report>).fixes ?? [];

/** badParts are the paragraphs and attachments whose own label stands in the way. */
export const badParts = (r: Report): PartReport[] => partsOf(r).filter((p) => !p.valid);

/** overrideKey is under what a reason for exceeding a threshold is given. */
export const overrideKey = (t: Threshold): string => `threshold:${t.name}`;

/** needsReason tells for whom the administrator allows an override: a warning at the person, and a way that permits. */
export function needsReason(r: RecipientReport): boolean {
  return r.verdict.action === "warn" && r.link.action === "pass";
}

/** stops lists whoever stands in the way of sending. */
export function stops(report: Report): RecipientReport[] {
  return report.recipients.filter((r) => r.verdict.action !== "pass" || r.link.action !== "pass");
}

/**
 * needsOwnReason: the administrator allows sending although the sender's own clearance was not read lately, with a reason. No
 * other outcome of a sender is ever a warning (RULES 14).
 */
export function needsOwnReason({ originator }: Report): boolean {
  return originator.action === "warn" && originator.outcome === "stale";
}

/** canOverride: label and parts pass, and everything that is in the way may be sent past with a reason. */
export function canOverride(report: Report): boolean {
  const inTheWay = stops(report);
  const limits = thresholdsOf(report);
  return (
    report.label.valid &&
    badParts(report).length === 0 &&
    (report.originator.action === "pass" || needsOwnReason(report)) &&
    inTheWay.length + limits.length + (needsOwnReason(report) ? 1 : 0) > 0 &&
    inTheWay.every((r) => needsReason(r)) &&
    limits.every((t) => t.action === "warn")
  );
}

/** shortNames joins the first names, and says how many there are besides. */
export function shortNames(names: string[], more: (n: number) => string, shown = 3): string {
  const first = names.slice(0, shown).join(", ");
  return names.length > shown ? `${first} + ${more(names.length - shown)}` : first;
}

/** nameOf is what somebody is called: the name, else the address. */
export function nameOf(r: { name: string; address: string }): string {
  return r.name || r.address;
}
