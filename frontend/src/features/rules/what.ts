import type { RuleChange, Rules } from "../../api/types";

/** What somebody asks to change: a rule or threshold (at its place, or a new one), a removal, sets, or what is protected. */
export type Ask =
  | { kind: "rule"; at?: number }
  | { kind: "threshold"; at?: number }
  | { kind: "act"; title: string; button: string; change: Omit<RuleChange, "revision"> }
  | { kind: "rename"; set: string };

export type Part = { rules: Rules; ask: ((what: Ask) => void) | undefined };
