import { cleanup, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { ChatConversation, ChatDetail } from "../../../api/types";
import { fakeLabel, readAt } from "../../../test-fakes";
import { type Answers, problem, stage } from "../../../test-stage";
import { person, report } from "../../draft/test-reports";
import { ChatComposer, ChatComposing } from "./slot";

// React draws as in the browser, when its turn comes, and not at once because a test waits for it: it is the letters between that count.
beforeEach(() => vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false));

const olena = "olena@chat.ukr.example";
const secret = { policy: "NATO", classification: "SECRET" };

type Stored = { version: number; content: object };

const idOf = (r: Request) => r.url.split("/").at(-1) ?? "";

let made = 0;

const conversation = (): ChatConversation => ({
  ...{ id: `u${String(++made).padStart(15, "0")}`, account: "chat", kind: "person", address: olena, name: "Olena" },
  ...{ nation: "UKR", unread: 0, bookmarked: false, label: fakeLabel(), choice: secret },
  ...{ joined: false, wanted: false, nick: "", occupants: 0, notCleared: 0 },
});

/**
 * compose shows the composer of a conversation. Send is answered when `answer` says so; `sent` is what was taken, `saves` what was stored
 * before, each on top of its version. What was stored can be read again.
 */
async function compose(shown = conversation(), stored = new Map<string, Stored>()) {
  const detail: ChatDetail = {
    ...{ conversation: shown, subject: "", subjectLabel: fakeLabel({ state: "unlabelled" }), subjectWithheld: false },
    messages: [],
  };
  const sent: string[] = [];
  const waiting: (() => void)[] = [];
  const saves: string[] = [];
  const answers: Answers = {
    "GET /api/chat": {
      accounts: [{ name: "chat", jid: "me@chat.gbr.example", state: "online" }],
      ...{ conversations: [shown], unread: 0 },
    },
    [`GET /api/chat/${shown.id}/catalogue`]: { name: "", offered: false, restricted: false, items: [] },
    "GET /api/installation": { identities: [{ jid: "me@chat.gbr.example" }], attachmentLimit: 1 },
    "GET /api/policies": [],
    "POST /api/label": { valid: true, permitted: true, marking: "M", problems: [], refusals: [] },
    "GET /api/label/favourites": [],
    "POST /api/book/lookup": [],
    "POST /api/check": report([person("Olena")]),
    "POST /api/send": async (r: Request) => {
      const { draft } = await r.json();
      await new Promise<void>((go) => waiting.push(go));
      sent.push(draft.body);
      return { message: `M${sent.length}` };
    },
  };
  const keep = async (r: Request) => {
    const { version, content } = await r.json();
    const id = idOf(r);
    if (version !== (stored.get(id)?.version ?? 0)) return problem(409, "user-draft-changed");
    stored.set(id, { version: version + 1, content });
    saves.push(`${version} ${content.body}`);
    return { id, version: version + 1, changed: readAt };
  };
  const read = (r: Request) => {
    const found = stored.get(idOf(r));
    return found ? { id: idOf(r), changed: readAt, ...found } : problem(404, "user-draft-gone");
  };
  const drafts: Answers = { "PUT /api/drafts": keep, "GET /api/drafts": read };
  stage(
    <ChatComposing {...{ conversation: shown, detail }} onJudged={() => undefined} correcting="" done={() => undefined}>
      <ChatComposer {...{ conversation: shown, detail }} />
    </ChatComposing>,
    {
      ...{ at: "/", path: "/" },
      answers: new Proxy(answers, {
        get: (all, key: string) => drafts[key.replace(/\/[^/]*$/, "")] ?? all[key],
      }),
    },
  );
  const field = await screen.findByRole("textbox", { name: "Message to Olena" });
  await screen.findByRole("button", { name: "Change label" });
  field.focus();
  return { shown, stored, saves, sent, waiting, answer: () => waiting.shift()?.() };
}

/** hand is the field that the next letter goes to. */
function hand(): HTMLTextAreaElement {
  const at = document.activeElement;
  if (!(at instanceof HTMLTextAreaElement)) throw new Error(`the hand is on ${at?.outerHTML.slice(0, 200)}`);
  return at;
}

const setValue = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set;

/** type types as a person does: each letter is an event of its own, and React has drawn it before the next. */
async function type(text: string): Promise<void> {
  for (const letter of text) {
    const at = hand();
    if (letter === "\n") {
      at.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    } else if (!at.readOnly) {
      setValue?.call(at, at.value + letter);
      at.dispatchEvent(new Event("input", { bubbles: true }));
    }
    await null;
  }
}

const turn = () => new Promise((done) => setImmediate(done));

/** after lets n moments pass: what was promised happens in most of them, in each fourth what was put off. */
async function after(n: number): Promise<void> {
  for (let i = 1; i <= n; i++) await (i % 4 === 0 ? turn() : null);
}

/** texts are the fields that something can be typed into, found without the cost of their roles: it is done many times. */
const texts = () => [...document.querySelectorAll<HTMLTextAreaElement>("textarea:not([hidden])")];

/** through answers and sends until nothing is left. */
async function through({ waiting, answer }: Awaited<ReturnType<typeof compose>>): Promise<void> {
  await vi.waitFor(
    async () => {
      answer();
      await turn();
      const [only, ...more] = texts();
      if (only?.value && more.length === 0) await type("\n");
      expect(texts().map((f) => [f.value, f.dataset.text])).toEqual([["", "true"]]);
      expect(waiting).toEqual([]);
    },
    { interval: 2, timeout: 10_000 },
  );
}

/** mayClose: the page may end, for all is saved. */
const mayClose = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

const isAsked = ({ waiting }: Awaited<ReturnType<typeof compose>>) =>
  vi.waitFor(() => expect(waiting).toHaveLength(1), { interval: 2, timeout: 10_000 });

/** isLeft waits, no moment longer than needed, until the hand has gone from a field to that of the next message. */
async function isLeft(field: HTMLTextAreaElement): Promise<void> {
  const end = Date.now() + 10_000;
  while (hand() === field) {
    if (Date.now() > end) throw new Error("the next message was not drawn");
    await turn();
  }
}

test("of letters that are typed without a pause while a message is taken none is lost", async () => {
  const shown = await compose();
  await type("one\n");
  await isAsked(shown);
  const ahead = hand();
  shown.answer();
  let typed = "";
  for (let more = 12, i = 1; more > 0; i++) {
    const letter = String.fromCharCode(97 + (i % 26));
    await type(letter);
    typed += letter;
    await after(i % 4 === 0 ? 4 : 1);
    if (hand() !== ahead) more--; // the next message has been drawn
  }
  expect(shown.sent).toEqual(["one"]);
  expect(hand().value).toBe(typed);
}, 60_000);

test.each([0, 1, 2, 4, 8])(
  "a letter that is typed %i moments after a message that follows by itself has been drawn is not lost",
  async (moments) => {
    const shown = await compose();
    await type("one\ntwo\n");
    await isAsked(shown);
    const ahead = hand();
    shown.answer();
    await isLeft(ahead);
    await after(moments);
    await type("x");
    await through(shown);
    expect(shown.sent.join("")).toBe("onetwox");
  },
  60_000,
);

test("a message that was typed ahead and written on comes back as it was stored, and nothing older is stored over it", async () => {
  const first = await compose();
  await type("one\n");
  await isAsked(first);
  const ahead = hand();
  await type("tw");
  first.answer();
  await isLeft(ahead);
  await type("o more");
  await vi.waitFor(() => expect(first.saves.at(-1)).toMatch(/^\d+ two more$/), { timeout: 10_000 });
  await vi.waitFor(() => expect(mayClose()).toBe(true), { timeout: 10_000 });
  cleanup();
  const back = await compose(first.shown, first.stored);
  expect(hand().value).toBe("two more");
  await type("!");
  await vi.waitFor(() => expect(back.saves.at(-1)).toMatch(/^\d+ two more!$/), { timeout: 10_000 });
  expect(back.saves.filter((s) => !s.includes("two more"))).toEqual([]);
}, 60_000);

test("a message that follows by itself is saved once more before it is sent, and not twice", async () => {
  const shown = await compose();
  await type("one\n");
  await isAsked(shown);
  const ahead = hand();
  await type("two");
  await vi.waitFor(() => expect(shown.saves.at(-1)).toMatch(/^\d+ two$/), { timeout: 10_000 });
  await vi.waitFor(() => expect(mayClose()).toBe(true), { timeout: 10_000 });
  const before = shown.saves.length;
  await type("\n");
  shown.answer();
  await isLeft(ahead);
  await isAsked(shown);
  expect(shown.saves.slice(before)).toEqual(["1 two"]);
  await through(shown);
}, 60_000);
