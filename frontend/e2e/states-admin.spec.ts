import { test } from "./fixtures";
import { looksRight } from "./looks";
import { adminStates } from "./states-admin";

test.describe.configure({ mode: "parallel" });

test.use({ roles: ["drafter", "administrator", "auditor"] });

test.describe("axe finds nothing, light and dark, and nothing is cut off", () => {
  for (const state of adminStates) looksRight(state);
});
