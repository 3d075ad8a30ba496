import { expect, test } from "vitest";
import { fakeSearched } from "../../test-fakes";
import { partOf } from "./sections";
import { stripOf } from "./strip";

test("few directories are each shown", () => {
  const few = [fakeSearched("GBR", { state: "live" }), fakeSearched("UKR")];
  expect(stripOf(few).map((s) => s.directory?.name)).toEqual(["GBR", "UKR"]);
});

test("of many, those that lack something come first, and the others are counted", () => {
  const many = Array.from({ length: 20 }, (_, i) => fakeSearched(`N${i}`, i === 7 ? { state: "down" } : {}));
  const shown = stripOf([...many, fakeSearched("GBR", { state: "live" })]);
  expect(shown.map((s) => [s.state, s.directory?.name, s.count])).toEqual([
    ["down", "N7", 1],
    ["live", undefined, 1],
    ["cached", undefined, 19],
  ]);
});

test.each([
  ["/book", "search"],
  ["/book/GBR%3Aann", "search"],
  ["/book/browse/GBR%3Aann", "browse"],
  ["/book/search", "search"],
  ["/book/receive", "receive"],
])("%s belongs to %s", (path, part) => {
  expect(partOf(path)).toBe(part);
});
