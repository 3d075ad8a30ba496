import { precedences } from "../draft/military/values";

const order: readonly string[] = precedences;

/** rankOf orders precedences, the most urgent highest; -1: none is said, or one that is not known. */
export function rankOf(precedence: string | undefined): number {
  const at = order.indexOf(precedence ?? "");
  if (at >= 0) return at;
  const number = Number(precedence || Number.NaN);
  return number >= order.length ? number : -1; // RFC 6477: numbers beyond the named ones are more urgent
}

/** isUrgent: immediate and above. */
export const isUrgent = (precedence: string | undefined) => rankOf(precedence) >= order.indexOf("immediate");
