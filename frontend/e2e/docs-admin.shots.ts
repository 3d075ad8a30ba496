import { documents } from "./documents";
import { test } from "./fixtures";
import { adminStates } from "./states-admin";

test.use({ roles: ["drafter", "administrator", "auditor"] });

/** What docs/pages.md shows of administration: the name of its picture, and the state that it is of. */
const shown: Record<string, string> = {
  directories: "directory",
  "add-directory": "add-directory-proposed",
  nations: "nations-route",
  policies: "policy",
  "policy-impact": "policy-impact",
  rules: "rules",
  "rules-effect": "rule",
  accounts: "account",
  audit: "audit",
  "audit-who": "audit-trail",
  "audit-refused": "audit-refused",
};

for (const [name, from] of Object.entries(shown)) documents(name, from, adminStates, ["light"]);
