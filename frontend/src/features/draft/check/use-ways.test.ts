import { describe, expect, test } from "vitest";
import type { Fix } from "../../../api/types";
import { secondOf } from "../split";
import { begin, contentOf, reduce, storedOf } from "../state";
import { restricted, secret } from "../test-reports";
import { taking } from "./use-ways";

const first = contentOf({
  action: ["ann@x", "bo@x"],
  info: ["cy@x", "di@x"],
  subject: "S",
  body: "Text",
  label: secret,
  from: "me@x",
  parts: [
    { text: "one", label: restricted },
    { text: "two", label: secret },
    { text: "three", label: restricted },
  ],
  attachments: [{ file: "a.pdf" }, { file: "b.pdf", sha256: "00", label: restricted }],
});
const fix = (f: Partial<Fix> & Pick<Fix, "kind">): Fix => ({ addresses: [], text: "", ...f });

describe.each<[string, Fix, string[], string[]]>([
  ["remove", fix({ kind: "remove", addresses: ["BO@x", "cy@x"] }), ["ann@x"], ["di@x"]],
  [
    "another address of the same person",
    fix({ kind: "other-address", replaces: ["bo@x", "cy@x"], addresses: ["bo@y", "cy@y"] }),
    ["ann@x", "bo@y"],
    ["cy@y", "di@x"],
  ],
  [
    "a role, with somebody for whom there is none",
    fix({ kind: "role", replaces: ["ann@x"], addresses: ["j3@x"], removes: ["di@x"] }),
    ["j3@x", "bo@x"],
    ["cy@x"],
  ],
  ["split", fix({ kind: "split", addresses: ["bo@x", "di@x"], parts: [0] }), ["ann@x"], ["cy@x"]],
])("%s", (_, f, action, info) => {
  test("changes the recipients at their place and in their field, and nothing else; one undo takes it back", () => {
    const before = begin(first);
    const after = reduce(before, taking(f));
    expect(after.content).toEqual({ ...first, action, info });
    expect(reduce(after, { type: "undo" }).content).toEqual(first);
  });
});

describe("the second draft of a split (RULES 18)", () => {
  const split = fix({ kind: "split", addresses: ["bo@x", "DI@x"], parts: [0, 2], attachments: [1] });
  const second = storedOf(secondOf(first, split));

  test("has no label, no subject and no unmarked text", () => {
    expect(second.label).toBeNull();
    expect([second.subject, second.body]).toEqual(["", ""]);
  });
  test("holds only the parts and attachments that all of its recipients may get", () => {
    expect(second.parts?.map((p) => p.text)).toEqual(["one", "three"]);
    expect(second.attachments?.map((a) => a.file)).toEqual(["b.pdf"]);
  });
  test("names nobody of the first, and keeps each in his field", () => {
    expect([second.action, second.info]).toEqual([["bo@x"], ["di@x"]]);
    expect(JSON.stringify(second)).not.toMatch(/ann@x|cy@x/);
  });
  test("holds nothing of it where nothing is said to be for them", () => {
    const bare = storedOf(secondOf(first, fix({ kind: "split", addresses: ["bo@x"] })));
    expect([bare.parts, bare.attachments]).toEqual([[], []]);
  });
});
