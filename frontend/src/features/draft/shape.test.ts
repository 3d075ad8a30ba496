import { describe, expect, test } from "vitest";
import { canOverride, groups, nameOf, needsReason, shortNames, stops } from "./shape";
import { person, report, verdict } from "./test-reports";

describe("groups", () => {
  test("each outcome has its place, what could not be checked with the worst first", () => {
    const g = groups(
      report([
        person("Stale", "stale"),
        person("Cleared"),
        person("Unknown", "unknown"),
        person("Refused", "not-cleared"),
        person("Error", "error"),
      ]),
    );
    expect(g.refused.map(nameOf)).toEqual(["Refused"]);
    expect(g.unsure.map(nameOf)).toEqual(["Error", "Unknown", "Stale"]);
    expect(g.cleared.map(nameOf)).toEqual(["Cleared"]);
  });

  test("the worse of a person and the way to him counts", () => {
    const g = groups(
      report([
        person("A", "cleared", "not-cleared"),
        person("B", "not-cleared", "cleared"),
        person("C", "cleared", "stale"),
        person("D", "unknown", "not-cleared"),
      ]),
    );
    expect(g.refused.map(nameOf)).toEqual(["A", "B", "D"]);
    expect(g.unsure.map(nameOf)).toEqual(["C"]);
    expect(g.cleared).toEqual([]);
  });

  test("people of one outcome keep their order", () => {
    const g = groups(report([person("B", "stale"), person("A", "stale"), person("C", "unknown")]));
    expect(g.unsure.map(nameOf)).toEqual(["C", "B", "A"]);
  });
});

const warned = verdict("unknown", "warn");
const warnedWay = verdict("stale", "warn");

describe("needsReason: an override is allowed", () => {
  test.each([
    ["for a person at whom the administrator only warns", person("A", warned), true],
    ["not for a person who is blocked", person("A", "not-cleared"), false],
    ["not for a person who passes", person("A"), false],
    ["not when the way is blocked", person("A", warned, "not-cleared"), false],
    ["not when the way warns", person("A", warned, warnedWay), false],
    ["not for a warning of the way alone", person("A", "cleared", warnedWay), false],
  ])("%s", (_, r, allowed) => {
    expect(needsReason(r)).toBe(allowed);
  });
});

test("stops lists who stands in the way: by himself, by the way to him, by a warning", () => {
  const r = report([
    person("Passes"),
    person("Blocked", "not-cleared"),
    person("Warned", warned),
    person("Way", "cleared", "not-cleared"),
    person("Lenient", verdict("stale", "pass")), // not cleared, and the administrator lets it pass
  ]);
  expect(stops(r).map(nameOf)).toEqual(["Blocked", "Warned", "Way"]);
});

describe("canOverride", () => {
  test.each([
    ["when all in the way may be sent to with a reason", report([person("A"), person("B", warned)]), true],
    ["not when nobody is in the way", report([person("A")]), false],
    ["not when one of them is blocked", report([person("A", warned), person("B", "not-cleared")]), false],
    ["not when one's way is blocked", report([person("A", warned), person("B", "cleared", "error")]), false],
    [
      "not when the label is not valid",
      report([person("A", warned)], { label: { marking: "", problems: [], valid: false } }),
      false,
    ],
    [
      "not when the originator is blocked",
      report([person("A", warned)], { originator: verdict("not-cleared") }),
      false,
    ],
    ["not for an originator of whom nothing is known", report([person("A")], { originator: warned }), false],
    [
      "not for one who is not cleared, whatever the program says",
      report([person("A")], { originator: verdict("not-cleared", "warn") }),
      false,
    ],
    [
      "for an originator who was not read lately",
      report([person("A")], { originator: verdict("stale", "warn") }),
      true,
    ],
    ["not where that blocks", report([person("A", warned)], { originator: verdict("stale") }), false],
    [
      "not for him alone, where somebody else is blocked",
      report([person("A", "not-cleared")], { originator: verdict("stale", "warn") }),
      false,
    ],
  ])("%s", (_, r, allowed) => {
    expect(canOverride(r)).toBe(allowed);
  });
});

describe("shortNames", () => {
  const more = (n: number) => `${n} more`;
  test.each([
    [[], ""],
    [["A"], "A"],
    [["A", "B", "C"], "A, B, C"],
    [["A", "B", "C", "D"], "A, B, C + 1 more"],
    [["A", "B", "C", "D", "E"], "A, B, C + 2 more"],
  ])("%j is said as “%s”", (names, said) => {
    expect(shortNames(names, more)).toBe(said);
  });

  test("of as many as asked for", () => {
    expect(shortNames(["A", "B", "C"], more, 1)).toBe("A + 2 more");
  });
});

test("who has no name is called by the address", () => {
  expect(nameOf({ name: "", address: "a@x.test" })).toBe("a@x.test");
  expect(nameOf({ name: "A", address: "a@x.test" })).toBe("A");
});
