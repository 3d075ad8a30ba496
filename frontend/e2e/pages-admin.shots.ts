import { test } from "./fixtures";
import { pictures } from "./pictures";
import { adminStates } from "./states-admin";

test.use({ roles: ["drafter", "administrator", "auditor"] });

for (const state of adminStates) pictures(state);
