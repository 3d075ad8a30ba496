import { test } from "./fixtures";
import { looksRight } from "./looks";
import { states } from "./states";

// Many states, each alone: both workers take them.
test.describe.configure({ mode: "parallel" });

test.describe("axe finds nothing, light and dark, and nothing is cut off", () => {
  for (const state of states) looksRight(state);
});
