import { describe, expect, test } from "vitest";
import { Problem } from "../../api/problem";
import {
  type Action,
  begin,
  type Content,
  contentOf,
  isBlank,
  isLocked,
  messageOf,
  type Phase,
  recipientsOf,
  reduce,
  type State,
  storedOf,
  undoesText,
} from "./state";
import { report, restricted, secret } from "./test-reports";

const plain = (body: string): Content["text"] => ({ is: "plain", body });
const draft = (more: Partial<Content> = {}): Content => ({ ...contentOf({}), ...more });
const play = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
const added = (...addresses: string[]): Action => ({ type: "added", field: "action", addresses });
const addedInfo = (...addresses: string[]): Action => ({ type: "added", field: "info", addresses });
const removed = (...addresses: string[]): Action => ({ type: "removed", addresses });
const undo: Action = { type: "undo" };

describe("contentOf", () => {
  test("fills in what a stored draft leaves out", () => {
    expect(contentOf({})).toEqual({
      channel: "mail",
      action: [],
      info: [],
      subject: "",
      text: plain(""),
      attachments: [],
      label: null,
      typing: { action: "", info: "" },
    });
    expect(contentOf({ channel: "" }).channel).toBe("mail");
    expect(contentOf({ channel: "chat" }).channel).toBe("chat");
    expect(contentOf({ typing: { info: "no" } }).typing).toEqual({ action: "", info: "no" });
  });

  test("keeps fields that the page does not know", () => {
    const stored = { sic: ["ABC"], primaryPrecedence: "flash", newer: { than: "this page" }, subject: "s" };
    expect(contentOf(stored)).toMatchObject(stored);
  });

  test("a label that is no selection is none", () => {
    expect(contentOf({ label: secret }).label).toBe(secret);
    expect(contentOf({ label: null }).label).toBeNull();
    expect(contentOf({ label: "" }).label).toBeNull();
    expect(contentOf({ label: "<ConfidentialityLabel/>" }).label).toBeNull();
  });
});

describe("isBlank", () => {
  test("nothing typed or chosen, whoever it is from", () => {
    expect(isBlank(draft())).toBe(true);
    expect(isBlank(draft({ from: "a@example.test" }))).toBe(true);
  });

  test.each<[string, Partial<Content>]>([
    ["a recipient", { action: ["a@example.test"] }],
    ["a recipient for information", { info: ["a@example.test"] }],
    ["a subject", { subject: "s" }],
    ["a text", { text: plain("b") }],
    ["an attachment", { attachments: [{ file: "a.txt" }] }],
    ["a label", { label: secret }],
    ["half a recipient", { typing: { action: "no", info: "" } }],
    ["half a recipient for information", { typing: { action: "", info: "no" } }],
  ])("not with %s", (_, content) => {
    expect(isBlank(draft(content))).toBe(false);
  });
});

test("recipientsOf gives everybody once, as first spelled", () => {
  expect(recipientsOf({ action: ["A@x.test", "b@x.test"], info: ["a@X.TEST ", "c@x.test"] })).toEqual([
    "A@x.test",
    "b@x.test",
    "c@x.test",
  ]);
});

describe("text", () => {
  test("is kept field by field, and is nothing to take back", () => {
    const s = play(
      begin(draft()),
      { type: "typed", field: "subject", text: "Subject" },
      { type: "typed", field: "body", text: "Body" },
      { type: "from", from: "me@x.test" },
      undo,
    );
    expect(s.content).toEqual(draft({ subject: "Subject", text: plain("Body"), from: "me@x.test" }));
    expect(s.past).toEqual([]);
  });

  test("half a recipient is kept per field", () => {
    const s = play(
      begin(draft()),
      { type: "half-typed", field: "action", text: "nov" },
      { type: "half-typed", field: "info", text: "kow" },
    );
    expect(s.content.typing).toEqual({ action: "nov", info: "kow" });
    expect(s.past).toEqual([]);
  });
});

describe("adding", () => {
  test("puts the new ones behind, and clears what was half typed in that field alone", () => {
    const s = play(
      begin(draft({ action: ["a@x.test"], typing: { action: "b", info: "c" } })),
      added("b@x.test", "c@x.test"),
    );
    expect(s.content.action).toEqual(["a@x.test", "b@x.test", "c@x.test"]);
    expect(s.content.typing).toEqual({ action: "", info: "c" });
  });

  test("the same person in another spelling is added once, in whichever field", () => {
    const s = play(begin(draft()), added("Jan@X.test", "jan@x.TEST"), added(" JAN@x.test "), addedInfo("jan@x.test"));
    expect(s.content).toMatchObject({ action: ["Jan@X.test"], info: [] });
  });

  test("of somebody who is there already is nothing to take back, but the text is done", () => {
    const s = play(begin(draft({ action: ["a@x.test"], typing: { action: "a@x.test", info: "" } })), added("A@x.test"));
    expect(s.content.action).toEqual(["a@x.test"]);
    expect(s.content.typing.action).toBe("");
    expect(s.past).toEqual([]);
  });
});

describe("removing", () => {
  const full = draft({ action: ["a@x.test", "b@x.test"], info: ["c@x.test"] });

  test("takes people out of both fields, however spelled", () => {
    const s = play(begin(full), removed("A@x.test", "C@X.test"));
    expect(s.content).toMatchObject({ action: ["b@x.test"], info: [] });
    expect(play(s, undo).content).toEqual(full); // in one step
  });

  test("of nobody changes nothing", () => {
    const s = begin(full);
    expect(play(s, removed("x@x.test"))).toBe(s);
    expect(play(s, removed())).toBe(s);
  });
});

describe("moving", () => {
  test("takes a person to the other field, spelled as before", () => {
    const s = play(begin(draft({ action: ["A@x.test", "b@x.test"], info: ["c@x.test"] })), {
      type: "moved",
      address: "a@X.test",
      to: "info",
    });
    expect(s.content).toMatchObject({ action: ["b@x.test"], info: ["c@x.test", "A@x.test"] });
    expect(play(s, undo).content).toMatchObject({ action: ["A@x.test", "b@x.test"], info: ["c@x.test"] });
  });

  test("of somebody who is not in the other field changes nothing", () => {
    const s = begin(draft({ action: ["a@x.test"] }));
    expect(play(s, { type: "moved", address: "a@x.test", to: "action" })).toBe(s);
    expect(play(s, { type: "moved", address: "z@x.test", to: "info" })).toBe(s);
  });
});

describe("undo", () => {
  test("takes back adding, removing and the label, one by one, newest first", () => {
    const first = begin(draft({ action: ["a@x.test"], label: restricted }));
    let s = play(first, added("b@x.test"), { type: "label", label: secret }, removed("a@x.test"));
    expect(s.content).toMatchObject({ action: ["b@x.test"], label: secret });
    s = play(s, undo);
    expect(s.content).toMatchObject({ action: ["a@x.test", "b@x.test"], label: secret });
    s = play(s, undo);
    expect(s.content).toMatchObject({ action: ["a@x.test", "b@x.test"], label: restricted });
    s = play(s, undo);
    expect(s).toEqual(first);
    expect(play(s, undo)).toBe(s);
  });

  test("leaves what was typed meanwhile", () => {
    const s = play(
      begin(draft()),
      added("a@x.test"),
      { type: "typed", field: "body", text: "typed later" },
      { type: "half-typed", field: "action", text: "nov" },
      undo,
    );
    expect(s.content).toEqual(draft({ text: plain("typed later"), typing: { action: "nov", info: "" } }));
  });

  test("goes back a hundred steps", () => {
    const many = Array.from({ length: 130 }, (_, i) => added(`p${i}@x.test`));
    let s = play(begin(draft()), ...many);
    expect(s.past).toHaveLength(100);
    s = play(s, ...Array.from({ length: 200 }, () => undo));
    expect(s.content.action).toHaveLength(30);
  });
});

describe("what is stored", () => {
  test("is read and written without loss, also what the page does not know", () => {
    const content = {
      channel: "mail",
      action: ["a@x.test"],
      info: [],
      subject: "s",
      body: "",
      label: secret,
      typing: { action: "", info: "" },
      parts: [
        { text: "one", label: restricted },
        { text: "two", label: "<ConfidentialityLabel/>" },
      ],
      attachments: [{ file: "a.txt", sha256: "ab", size: 3, label: restricted }],
      inherited: restricted,
      newer: { than: "this page" },
    } as const;
    expect(storedOf(contentOf(structuredClone(content) as never))).toEqual(content);
  });

  test("a body before marked paragraphs is a paragraph without a mark", () => {
    const { text } = contentOf({ body: "first", parts: [{ text: "second", label: secret }] });
    expect(text).toEqual({
      is: "marked",
      paragraphs: [
        { id: 1, text: "first", label: null },
        { id: 2, text: "second", label: secret },
      ],
    });
  });

  test("of a message, paragraphs that hold nothing and what is half typed are no part", () => {
    const parts = [
      { text: " ", label: secret },
      { text: "x", label: secret },
      { text: "y", label: "" },
    ];
    const m = messageOf(contentOf({ body: "before", parts, typing: { action: "no" } }));
    expect(m.body).toBe("before"); // it stands under the message's label
    expect(m.parts).toEqual(parts.slice(1));
    expect(m).not.toHaveProperty("typing");
    expect(m.label).toBe("");
  });
});

describe("undo takes back", () => {
  const file = { file: "a.txt", sha256: "ab", size: 3 };
  const begun = begin(draft({ text: plain("one\n\ntwo"), label: secret }));

  test.each<[string, Action]>([
    ["portion marks", { type: "portions", on: true }],
    ["an attachment", { type: "attached", attachment: file }],
    ["a precedence", { type: "military", fields: { primaryPrecedence: "flash" } }],
    ["the time of sending", { type: "send-at", at: "2026-11-21T14:05:00Z" }],
    ["another version", { type: "restored", content: draft({ subject: "earlier" }) }],
    [
      "a label with its reason",
      { type: "label", label: restricted, relabelled: [{ from: secret, to: restricted, reason: "x" }] },
    ],
  ])("%s", (_, action) => {
    const s = play(begun, action);
    expect(s.content).not.toEqual(begun.content);
    expect(play(s, undo).content).toEqual(begun.content);
  });

  test("a removed attachment, at its place", () => {
    const two = begin(draft({ attachments: [file, { file: "b.txt" }] }));
    const s = play(two, { type: "detached", attachment: file });
    expect(s.content.attachments).toEqual([{ file: "b.txt" }]);
    expect(play(s, undo).content.attachments).toEqual([file, { file: "b.txt" }]);
  });

  test("only what it is meant for, where something else was done since", () => {
    const s = play(begun, { type: "portions", on: true }, added("a@x.test"));
    expect(play(s, { type: "undo", only: "text" })).toBe(s);
    expect(play(begun, { type: "portions", on: true }, { type: "undo", only: "text" }).content).toEqual(begun.content);
  });
});

test("undoesText: only while nothing was typed since paragraphs were made or joined", () => {
  const on = play(begin(draft({ text: plain("one") })), { type: "portions", on: true });
  expect(undoesText(on)).toBe(true);
  expect(undoesText(play(on, { type: "paragraph", edit: { does: "type", id: 1, text: "one!" } }))).toBe(false);
  expect(undoesText(play(on, added("a@x.test")))).toBe(false);
});

test("a body is not typed into while the text is paragraphs, nor a paragraph while it is a body", () => {
  const on = play(begin(draft({ text: plain("one") })), { type: "portions", on: true });
  expect(play(on, { type: "typed", field: "body", text: "x" })).toBe(on);
  const off = begin(draft({ text: plain("one") }));
  expect(play(off, { type: "paragraph", edit: { does: "type", id: 1, text: "x" } })).toBe(off);
});

test("a draft that was replaced by what is stored starts anew", () => {
  const s = play(
    begin(draft()),
    added("a@x.test"),
    { type: "phase", phase: { is: "uncertain" } },
    { type: "replaced", content: draft({ subject: "theirs" }) },
  );
  expect(s).toEqual(begin(draft({ subject: "theirs" })));
});

const everyEdit: Action[] = [
  { type: "typed", field: "subject", text: "x" },
  { type: "typed", field: "body", text: "x" },
  { type: "half-typed", field: "action", text: "x" },
  { type: "from", from: "x@x.test" },
  added("new@x.test"),
  removed("a@x.test"),
  { type: "moved", address: "a@x.test", to: "info" },
  { type: "label", label: secret },
  { type: "portions", on: true },
  { type: "attached", attachment: { file: "a.txt" } },
  { type: "military", fields: { primaryPrecedence: "flash" } },
  { type: "send-at", at: "2026-11-21T14:05:00Z" },
  { type: "restored", content: draft({ subject: "earlier" }) },
  undo,
];

describe("phases", () => {
  const problem = new Problem({ code: "user-draft", status: 422, detail: "" });
  const blocked: Phase = { is: "blocked", report: report([]) };
  const failed: Phase = { is: "failed", problem };
  const start = play(begin(draft({ action: ["a@x.test"] })), added("b@x.test"));

  test.each<Phase>([{ is: "sending", since: 1 }, { is: "uncertain" }])(
    "while it is $is the draft does not change under it",
    (phase) => {
      expect(isLocked(phase)).toBe(true);
      const s = play(start, { type: "phase", phase });
      for (const edit of everyEdit) expect(play(s, edit)).toBe(s);
      expect(play(s, { type: "phase", phase: { is: "editing" } })).toEqual(start);
    },
  );

  test.each<Phase>([{ is: "editing" }, blocked, failed])("while it is $is it can be changed", (phase) => {
    expect(isLocked(phase)).toBe(false);
    const s = play(start, { type: "phase", phase });
    expect(s.content).toBe(start.content);
    for (const edit of everyEdit) expect(play(s, edit).content).not.toEqual(s.content);
    expect(play(s, added("new@x.test")).phase).toBe(phase);
  });
});

/** random gives numbers below n, the same ones for the same seed. */
function random(seed: number): (n: number) => number {
  let a = seed;
  return (n) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const spellings = ["a@x.test", "A@x.test", "b@x.test", "B@X.TEST", "c@x.test", "d@x.test", "e@x.test"];

function anyAction(pick: (n: number) => number): Action {
  const address = () => spellings[pick(spellings.length)] ?? "";
  const field = pick(2) === 0 ? "action" : "info";
  const actions: Action[] = [
    { type: "added", field, addresses: Array.from({ length: pick(4) }, address) },
    removed(address(), address()),
    { type: "moved", address: address(), to: field },
    { type: "label", label: [secret, restricted, null][pick(3)] ?? null },
    { type: "typed", field: pick(2) === 0 ? "subject" : "body", text: `t${pick(100)}` },
    { type: "half-typed", field, text: `h${pick(100)}` },
    { type: "from", from: address() },
    { type: "portions", on: pick(2) === 0 },
    { type: "paragraph", edit: { does: "break", id: 1 + pick(3), from: 0, to: 0 } },
    { type: "paragraph", edit: { does: "join", id: 1 + pick(4) } },
    { type: "paragraph", edit: { does: "mark", id: 1 + pick(3), label: [secret, restricted][pick(2)] ?? null } },
    { type: "attached", attachment: { file: `f${pick(3)}` } },
    { type: "military", fields: { primaryPrecedence: ["flash", "routine"][pick(2)] } },
    { type: "send-at", at: [undefined, "2026-11-21T14:05:00Z"][pick(2)] },
    undo,
  ];
  return actions[pick(actions.length)] ?? undo;
}

test("whatever was done, nobody stands there twice, and undoing all of it gives the first recipients and label", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const pick = random(seed);
    const first = begin(draft({ action: ["a@x.test"], info: ["b@x.test"], label: restricted }));
    let s = first;
    for (let i = pick(90); i > 0; i--) {
      s = reduce(s, anyAction(pick));
      const { action, info } = s.content;
      if (recipientsOf(s.content).length !== action.length + info.length)
        expect.fail(`seed ${seed}: ${action} ${info}`);
    }
    const { subject, from, typing } = s.content;
    while (s.past.length > 0) s = reduce(s, undo);
    const { text, ...content } = s.content;
    const { text: _, ...firstContent } = first.content;
    expect(content, `seed ${seed}`).toEqual({ ...firstContent, subject, from, typing });
    expect(text.is, `seed ${seed}`).toBe("plain");
  }
});
