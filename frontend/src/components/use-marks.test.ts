import { expect, test } from "vitest";
import { toggled } from "./use-marks";

test.each([
  ["marks what was not marked", ["a"], ["b"], ["a", "b"]],
  ["takes the mark from what was", ["a", "b"], ["a"], ["b"]],
  ["does both at once", ["a"], ["a", "b"], ["b"]],
])("a second mark %s", (_, before, some, after) => {
  expect([...toggled(new Set(before), some)].sort()).toEqual(after);
});
