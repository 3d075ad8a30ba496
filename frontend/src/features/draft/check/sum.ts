import type { Check } from "../check";
import { badParts, groups, thresholdsOf } from "../shape";
import type { DraftWords } from "../words";
import { unaskedOf } from "./unasked";
import type { CheckWords } from "./words";

export type Tone = "quiet" | "good" | "bad" | "unsure";

/** sumOf is the answer in words: the first line of the check, never hidden. */
export function sumOf(check: Check, words: DraftWords, own: CheckWords): { text: string; tone: Tone } {
  const w = words.check;
  switch (check.is) {
    case "nobody":
      return { text: w.nobody, tone: "quiet" };
    case "no-label":
      return { text: w.noLabel, tone: "quiet" };
    case "failed":
      return { text: w.failed, tone: "unsure" };
    case "checking":
      return { text: check.report ? w.again : w.checking, tone: "quiet" };
    case "done":
      return sumOfReport(check.report, words, own);
  }
}

type Report = Extract<Check, { is: "done" }>["report"];

/** sumOfReport is what stands in the way first: the label, its parts, the originator, then the recipients, how many they are, their servers. */
export function sumOfReport(r: Report, words: DraftWords, own: CheckWords): { text: string; tone: Tone } {
  const w = words.check;
  if (!r.label.valid) return { text: w.labelInvalid, tone: "bad" };
  const parts = badParts(r);
  if (parts.length > 0) return { text: own.parts.bad(parts.length), tone: "bad" };
  if (r.originator.outcome === "not-cleared") return { text: w.originator, tone: "bad" };
  const people = sumOfPeople(r, words);
  if (r.originator.outcome !== "cleared" && people.tone !== "bad") return { text: w.originatorUnsure, tone: "unsure" };
  const [limit] = thresholdsOf(r);
  if (limit && people.tone === "good") {
    return {
      text: own.thresholds.sum(limit.recipients, limit.limit),
      tone: limit.action === "block" ? "bad" : "unsure",
    };
  }
  // What could not be asked yet never looks as if all were well.
  if (people.tone === "good" && unaskedOf(r).servers.length > 0)
    return { text: own.unasked.sum(people.text), tone: "unsure" };
  return people;
}

/** sumOfPeople says how many may not get it and how many could not be checked. */
export function sumOfPeople(r: Report, words: DraftWords): { text: string; tone: Tone } {
  const w = words.check;
  const { refused, unsure } = groups(r);
  const n = r.recipients.length;
  if (refused.length > 0 && unsure.length > 0) return { text: w.both(refused.length, unsure.length, n), tone: "bad" };
  if (refused.length > 0) return { text: w.notAll(refused.length, n), tone: "bad" };
  if (unsure.length > 0) return { text: w.unsure(unsure.length, n), tone: "unsure" };
  return { text: w.all(n), tone: "good" };
}
