import { expect, test } from "vitest";
import { shift } from "./table-hold";

const at = (place: number, cursor: string | undefined = "ann", scope = "a") => ({ at: place, cursor, scope });

test.each([
  ["rows that come above scroll the list by as many", at(2), at(5), 3],
  ["rows that go above scroll it back", at(5), at(4), -1],
  ["rows that come below change nothing", at(2), at(2), 0],
  ["another row under the cursor is the user's own step", at(2), at(3, "bob"), 0],
  ["another question begins at its top", at(2), at(5, "ann", "b"), 0],
  ["without a cursor there is nothing to hold", { ...at(0), cursor: undefined }, { ...at(4), cursor: undefined }, 0],
])("%s", (_, before, now, by) => {
  expect(shift(before, now)).toBe(by);
});
