import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import type { AuditLine } from "../../api/types";
import { LanguageProvider } from "../../words/language";
import { sentence } from "./sentence";
import { useAuditWords } from "./words";

const line = (more: Partial<AuditLine>): AuditLine => ({ seq: 1, type: "settings", ...more });

/** said is a line in words, in English. */
function said(l: AuditLine): string {
  const { result } = renderHook(() => useAuditWords(), { wrapper: LanguageProvider });
  return sentence(l, result.current);
}

test.each([
  [line({ kind: "rule", name: "BOLD", change: "added", what: 'rule "BOLD" added' }), "Rule “BOLD” added"],
  [
    line({
      kind: "directory",
      name: "UKR",
      change: "changed",
      changes: [
        { section: "directory", name: "UKR", field: "every", change: "changed", before: "15m", after: "30m" },
        { section: "ca", name: "demo", change: "removed" },
      ],
      moreChanges: 2,
    }),
    "Directory “UKR” changed · every: 15m → 30m · CA “demo” removed · 2 more changes",
  ],
  [
    line({
      kind: "rule-set",
      change: "changed",
      changes: [{ section: "check", field: "active_rule_sets", change: "removed", before: "phase 2" }],
    }),
    "Sets of rules switched · Checks, active_rule_sets: phase 2 → nothing",
  ],
  [line({ what: "a note of an earlier version" }), "a note of an earlier version"],
  [
    line({ kind: "account", name: "gbr", change: "removed", failed: "the disk is full" }),
    "Account “gbr” removed · It was not made after all: the disk is full",
  ],
  [line({ type: "rules", before: ["phase 2"], after: [] }), "Sets of rules in force: all off (before: phase 2)"],
])("%o", (l, words) => {
  expect(said(l)).toBe(words);
});
