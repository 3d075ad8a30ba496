import { expect, test } from "vitest";
import type { Rule, Rules } from "../../api/types";
import { cellOf, nationsOf } from "./cells";
import { stateOf } from "./queries";
import { inputTime, isNoTime, timeOf } from "./times";

const rule = (more: Partial<Rule>): Rule => ({ name: "r", active: true, trial: false, ...more });

const of = (...rules: Rule[]): Rules => ({
  rules,
  sets: [
    { name: "on", active: true },
    { name: "off", active: false },
  ],
  thresholds: [],
  protected: [],
  revision: "1",
  switchable: true,
  choices: { nations: ["UKR", "GBR"], classifications: [], restrictive: [], tagSets: [] },
});

test.each([
  ["no rule", of(), "block"],
  ["one of another outcome", of(rule({ outcome: "stale" })), "block"],
  ["one of another nation", of(rule({ nation: "GBR" })), "block"],
  ["one that does not count now", of(rule({ active: false })), "block"],
  ["one in trial", of(rule({ trial: true })), "block"],
  ["one of everything", of(rule({})), "warn"],
  ["one of exactly this", of(rule({ outcome: "unknown", nation: "UKR" })), "warn"],
  ["one for mail", of(rule({ channel: "mail" })), "part"],
  ["one for mail and one for chat", of(rule({ channel: "mail" }), rule({ channel: "chat" })), "warn"],
  ["one of a classification", of(rule({ classification: "SECRET" })), "part"],
  [
    "both channels, one of a classification",
    of(rule({ channel: "mail", classification: "SECRET" }), rule({ channel: "chat" })),
    "part",
  ],
])("what is relaxed, with %s", (_, rules, state) => {
  expect(cellOf(rules, "unknown", "UKR").state).toBe(state);
});

test("rules in trial are counted and relax nothing", () => {
  expect(cellOf(of(rule({ trial: true }), rule({ name: "x", outcome: "stale" })), "stale", "UKR")).toEqual({
    state: "warn",
    rules: ["x"],
    trials: 1,
  });
});

test("a nation that only a rule names has a column too", () => {
  expect(nationsOf(of(rule({ nation: "POL" })))).toEqual(["GBR", "POL", "UKR"]);
});

test.each([
  [{}, "on"],
  [{ trial: true }, "trial"],
  [{ set: "off" }, "off"],
  [{ set: "on" }, "on"],
  [{ set: "gone" }, "off"],
  [{ from: "2026-11-23T00:00:00Z" }, "later"],
  [{ until: "2026-11-22T00:00:00Z", set: "off" }, "ended"],
] as const)("the state of %o", (more, state) => {
  expect(stateOf(rule(more), of().sets, Date.parse("2026-11-22T00:00:00Z"))).toBe(state);
});

test("times are taken for UTC, there and back", () => {
  expect(inputTime("2026-11-22T14:05:00Z")).toBe("2026-11-22 14:05");
  expect(timeOf("from", "2026-11-22 14:05")).toEqual({ from: "2026-11-22T14:05:00Z" });
  expect(isNoTime("2026-11-31 14:05")).toBe(true);
  expect([inputTime(undefined), timeOf("until", "")]).toEqual(["", {}]);
});
