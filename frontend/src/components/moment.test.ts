import { describe, expect, test } from "vitest";
import { isPast, momentOf, soon, typedOf } from "./moment";

describe("momentOf", () => {
  test.each([
    ["2026-11-21", "14:05", "2026-11-21T14:05:00Z"],
    ["2026-11-21", "1405", "2026-11-21T14:05:00Z"],
    ["2026-11-21", " 14:05Z ", "2026-11-21T14:05:00Z"],
    ["2028-02-29", "00:00", "2028-02-29T00:00:00Z"],
    ["2026-02-29", "00:00", undefined], // no such day
    ["2026-04-31", "00:00", undefined],
    ["2026-11-21", "24:00", undefined],
    ["2026-11-21", "12:60", undefined],
    ["21.11.2026", "14:05", undefined], // can be read in two ways
    ["2026-11-21", "", undefined],
  ])("%s %s", (day, time, at) => {
    expect(momentOf({ day, time })).toBe(at);
  });
});

test("what is offered is a full hour that is not over", () => {
  const now = Date.parse("2026-12-31T22:59:30Z");
  expect(soon(now)).toEqual({ day: "2027-01-01", time: "00:00" });
  expect(typedOf("2026-11-21T15:05:00+01:00")).toEqual({ day: "2026-11-21", time: "14:05" });
});

test("isPast: the moment itself is over too", () => {
  const now = Date.parse("2026-11-21T14:05:00Z");
  expect(isPast("2026-11-21T14:05:00Z", now)).toBe(true);
  expect(isPast("2026-11-21T14:06:00Z", now)).toBe(false);
});
