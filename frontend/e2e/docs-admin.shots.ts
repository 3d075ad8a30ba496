import { documents } from "./documents";
import { test } from "./fixtures";
import { adminStates } from "./states-admin";

test.use({ roles: ["drafter", "administrator", "auditor"] });

/** What docs/pages.md shows of administration: the name of its two pictures, and the state that they are of. */
const shown: Record<string, string> = {
  directories: "directory",
  "add-directory": "add-directory",
};

for (const [name, from] of Object.entries(shown)) documents(name, from, adminStates);
