import { expect, test } from "vitest";
import { Problem, serverGone } from "../../api/problem";
import { seenOf } from "./seen";
import { settle } from "./sending";
import { contentOf } from "./state";
import type { Stored } from "./stored";
import { person, report, verdict } from "./test-reports";

const problem = (code: string, status: number) => new Problem({ code, status, detail: "" });
const there: Stored = { version: 3, changed: "", content: contentOf({}) };

async function settled(save: Problem | number, read: Problem | Stored = there) {
  const answer = <T>(x: Problem | T) => (x instanceof Problem ? Promise.reject(x) : Promise.resolve(x));
  const out = await settle(
    () => answer(save),
    () => answer(read),
  );
  return out instanceof Problem ? out.code : out;
}

const changed = problem("user-draft-changed", 409);

test.each<[string, Problem | number, Problem | Stored | undefined, string]>([
  ["saved with a new version", 2, undefined, "not-sent"],
  ["gone", problem("user-draft-gone", 404), undefined, "sent"],
  ["saved by another tab, and still there", changed, there, "not-sent"],
  ["saved by another tab, and gone since", changed, "new", "sent"],
  ["saved by another tab, and nobody can say whether it is there", changed, problem("server", 500), "server"],
  ["no answer", problem(serverGone, 0), undefined, serverGone],
  ["an installation that is being changed", problem("server-installation", 503), undefined, "server-installation"],
  ["an answer of something between", problem("page-not-json", 502), undefined, "page-not-json"],
  ["a session that ended", problem("user-session", 401), undefined, "user-session"],
  ["a label that may not be saved", problem("user-system-high", 422), undefined, "user-system-high"],
])("an answer to Send was lost; then the draft is %s", async (_, save, read, want) => {
  expect(await settled(save, read)).toBe(want);
});

test("a reason holds for what the sheet showed: outcome, rules, marking, policy; of a threshold its numbers", () => {
  const limit = { name: "Two", classification: "SECRET", limit: 2, recipients: 3, action: "warn", text: "" } as const;
  const shown = report([person("Ann"), person("Bob", verdict("stale", "warn"))], { thresholds: [limit] });
  expect(seenOf(shown, "me@example.test")).toEqual({
    "bob@example.test": { marking: "NATO SECRET", policy: "", outcome: "stale", rules: ["stale"] },
    "threshold:Two": { marking: "NATO SECRET", policy: "", limit: 2, recipients: 3 },
  });
});

test("a reason of the sender holds for what the sheet showed of him, under the address that it is sent from", () => {
  const stale = verdict("stale", "warn");
  expect(seenOf(report([person("Ann")], { originator: stale }), "me@example.test")).toEqual({
    "me@example.test": { marking: "NATO SECRET", policy: "", outcome: "stale", rules: ["stale"] },
  });
  expect(seenOf(report([person("Ann")], { originator: verdict("unknown", "warn") }), "me@example.test")).toEqual({});
});
