import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { DraftContent, Fix } from "../../../api/types";
import { secondOf } from "../split";
import { begin, type Content, contentOf, messageOf, reduce } from "../state";
import { taking } from "./use-ways";

type Vector = { name: string; draft: DraftContent; fix: Fix; applied: DraftContent; second?: DraftContent };

const file = resolve(import.meta.dirname, "../../../../../backend/presend/testdata/apply.json");
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Vector[] };

/** plain is a message without what says nothing: null, "", and lists of nobody. */
function plain(message: object): object {
  const says = (v: unknown) => v !== null && v !== undefined && v !== "" && !(Array.isArray(v) && v.length === 0);
  return Object.fromEntries(Object.entries(message).filter(([, v]) => says(v)));
}
const read = (d: DraftContent) => plain(messageOf(contentOf(d)));
const made = (c: Content) => plain(messageOf(c));

test("RULES 18: there are vectors of every kind", () => {
  for (const kind of ["remove", "other-address", "role", "split"]) {
    expect(cases.filter((c) => c.fix.kind === kind).length, kind).toBeGreaterThanOrEqual(12);
  }
});

test.each(cases)("RULES 18: the page makes of a way forward what the program makes: $name", (c) => {
  const before = begin(contentOf(c.draft));
  expect(read(c.draft), "the page reads the whole draft").toEqual(plain(c.draft));
  const after = reduce(before, taking(c.fix));
  expect(made(after.content)).toEqual(plain(c.applied));
  expect(reduce(after, { type: "undo" }).content, "one undo takes it back").toEqual(before.content);
  if (c.second) expect(made(secondOf(before.content, c.fix))).toEqual(plain(c.second));
});
