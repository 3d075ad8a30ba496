import type { Outcome, Rule, Rules } from "../../api/types";

/** Outcomes that a rule can relax, worst first (RULES 12). */
export const relaxable = ["not-cleared", "error", "unknown", "stale"] as const satisfies Outcome[];

export type Cell = {
  /** part: a rule makes a warning of it on one channel, or for one classification. */
  state: "block" | "part" | "warn";
  rules: readonly string[];
  trials: number;
};

/** cellOf is what the rules make of an outcome with people of a nation, as they stand now. */
export function cellOf(rules: Rules, outcome: Outcome, nation: string): Cell {
  const fits = (r: Rule) => (!r.outcome || r.outcome === outcome) && (!r.nation || r.nation === nation) && r.active;
  const all = rules.rules.filter(fits);
  const enforced = all.filter((r) => !r.trial);
  const isWhole = enforced.some((r) => !r.channel && !r.classification) || coversBoth(enforced);
  return {
    state: enforced.length === 0 ? "block" : isWhole ? "warn" : "part",
    rules: enforced.map((r) => r.name),
    trials: all.length - enforced.length,
  };
}

const coversBoth = (rules: Rule[]) =>
  ["mail", "chat"].every((c) => rules.some((r) => r.channel === c && !r.classification));

/** nationsOf lists the nations of the table: those that there are, and those that only a rule names. */
export function nationsOf(rules: Rules): string[] {
  const named = rules.rules.map((r) => r.nation ?? "").filter(Boolean);
  return [...new Set([...rules.choices.nations, ...named])].sort();
}
