import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { follower } from "../../../api/changes";
import type { Change, ChatAccount, ChatCatalogue, ChatConversation, ChatDetail, Outcome } from "../../../api/types";
import { fakeLabel, readAt } from "../../../test-fakes";
import { type Answers, problem, stage } from "../../../test-stage";
import { person, report as reportOf } from "../../draft/test-reports";
import { ChatCheck, ChatComposer, ChatComposing } from "./slot";

const room = "ops@rooms.ukr.example";
/** ofRoom is a report about the room. */
const ofRoom = (outcome: Outcome = "cleared") =>
  reportOf([{ ...person("Operations", outcome), kind: "room", address: room }], { sendable: outcome === "cleared" });

const secret = { policy: "NATO", classification: "SECRET" };

let made = 0; // each test has a conversation of its own: what was left in one is shown again there

const conversation = (more: Partial<ChatConversation> = {}): ChatConversation => ({
  id: `c${String(++made).padStart(15, "0")}`,
  account: "chat",
  kind: "room",
  address: room,
  name: "Operations",
  nation: "UKR",
  unread: 0,
  bookmarked: false,
  label: fakeLabel(),
  choice: secret,
  joined: true,
  wanted: true,
  nick: "me",
  occupants: 3,
  notCleared: 0,
  ...more,
});

const account = (more: Partial<ChatAccount> = {}): ChatAccount => ({
  name: "chat",
  jid: "me@chat.gbr.example",
  state: "online",
  ...more,
});

const detailOf = (c: ChatConversation): ChatDetail => ({
  conversation: c,
  subject: "",
  subjectLabel: fakeLabel({ state: "unlabelled" }),
  subjectWithheld: false,
  messages: [],
});

const policy = {
  ...{ id: "NATO", name: "NATO", version: 1, sha256: "", governing: true, mode: "hierarchical", notAfter: null },
  required: [],
  tagSets: [],
  classifications: ["RESTRICTED", "SECRET"].map((name, i) => ({
    ...{ name, phrase: name, hierarchy: i, obsolete: false, foreground: "#000000", background: "#ffffff" },
  })),
};

const permitted = {
  ...{ background: "#fff", foreground: "#000", marking: "M", portion: "M", valid: true, permitted: true },
  ...{ problems: [], refusals: [], choices: { classifications: [], tagSets: [] } },
};

const nothing: ChatCatalogue = { name: "", offered: false, restricted: false, items: [] };

type Given = { c?: Partial<ChatConversation>; a?: Partial<ChatAccount>; catalogue?: ChatCatalogue; answers?: Answers };

/** compose shows the composer of a conversation beside its check; `sent` and `saved` are what the program was given. */
function compose({ c = {}, a = {}, catalogue = nothing, answers = {} }: Given = {}) {
  const shown = conversation(c);
  const sent: { draft: Record<string, unknown> }[] = [];
  const saved: { content: Record<string, unknown> }[] = [];
  const keep = async (r: Request) => {
    saved.push(await r.json());
    return { id: "d", version: saved.length, changed: readAt };
  };
  const composing = { conversation: shown, detail: detailOf(shown) };
  const staged = stage(
    <ChatComposing {...composing} onJudged={() => undefined} correcting="" done={() => undefined}>
      <ChatComposer {...composing} />
      <ChatCheck {...composing} />
    </ChatComposing>,
    {
      at: "/",
      path: "/",
      answers: new Proxy(
        {
          "GET /api/chat": { accounts: [account(a)], conversations: [shown], unread: 0 },
          [`GET /api/chat/${shown.id}/catalogue`]: catalogue,
          "GET /api/installation": { identities: [{ jid: "me@chat.gbr.example" }], attachmentLimit: 1 },
          "GET /api/policies": [policy],
          "POST /api/label": permitted,
          "GET /api/label/favourites": [],
          "POST /api/book/lookup": [],
          "POST /api/check": ofRoom(),
          "POST /api/send": async (r: Request) => {
            sent.push(await r.json());
            return { message: "M1" };
          },
          ...answers,
        } as Answers,
        { get: (all, key: string) => (key.startsWith("PUT /api/drafts/") ? keep : all[key]) },
      ),
    },
  );
  return { ...staged, user: userEvent.setup(), sent, saved, id: shown.id };
}

const field = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message to Operations" });
const isReady = () => screen.findByText("The recipient may get this");

describe("Enter", () => {
  test("sends to the room alone, from its account, and the next message begins under the same label", async () => {
    const { user, sent } = compose();
    await user.type(await field(), "Radio check");
    await isReady();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.draft).toMatchObject({
      ...{ channel: "chat", account: "chat", from: "me@chat.gbr.example", action: [room], info: [] },
      ...{ body: "Radio check", label: secret },
    });
    await waitFor(async () => expect((await field()).value).toBe(""));
    expect(document.activeElement).toBe(await field());
    expect(screen.getByRole("button", { name: "Change label" })).toBeTruthy();
  });

  test("with Shift begins a line, and while a character is composed is the input method's", async () => {
    const { user, sent } = compose();
    await user.type(await field(), "One{Shift>}{Enter}{/Shift}two");
    expect((await field()).value).toBe("One\ntwo");
    await isReady();
    fireEvent.keyDown(await field(), { key: "Enter", isComposing: true });
    fireEvent.keyDown(await field(), { key: "Enter", keyCode: 229 });
    expect(sent).toEqual([]);
    expect((await field()).value).toBe("One\ntwo");
  });

  test("on nothing, or on blanks, sends nothing", async () => {
    const { user, sent, saved } = compose();
    await user.click(await field());
    await user.keyboard("{Enter}  {Enter}");
    expect(sent).toEqual([]);
    expect(saved.every((s) => s.content.body === "  ")).toBe(true);
  });

  test("that is blocked keeps what was written, and the sheet's first focus is the way back", async () => {
    const report = ofRoom("not-cleared");
    const { user } = compose({
      answers: { "POST /api/check": report, "POST /api/send": () => problem(422, "user-blocked", { report }) },
    });
    await user.type(await field(), "Secret{Enter}");
    const back = await screen.findByRole("button", { name: "Back to the draft" });
    await waitFor(() => expect(document.activeElement).toBe(back));
    await user.click(back);
    expect((await field()).value).toBe("Secret");
  });
});

describe("while a message is being sent", () => {
  const ahead = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Next message to Operations" });
  /** slowly has Send answered when it is told to. */
  function slowly() {
    const sent: { draft: Record<string, unknown> }[] = [];
    const waiting: ((answer: unknown) => void)[] = [];
    const answers: Answers = {
      "POST /api/send": async (r: Request) => {
        sent.push(await r.json());
        return new Promise((done) => waiting.push(done));
      },
    };
    const answer = (given: unknown = { message: "M1" }) => act(async () => waiting.shift()?.(given));
    return { sent, answers, answer };
  }
  const blocked = () => {
    const report = ofRoom("not-cleared");
    return problem(422, "user-blocked", { report });
  };

  test("what is typed is the next message, which has the hand from the first letter to the last", async () => {
    const { sent, answers, answer } = slowly();
    const { user, saved } = compose({ answers });
    await user.type(await field(), "One");
    await isReady();
    await user.keyboard("{Enter}Two");
    expect((await ahead()).value).toBe("Two");
    expect(document.activeElement).toBe(await ahead());
    await waitFor(() => expect(saved.at(-1)?.content).toMatchObject({ body: "Two", label: secret, action: [room] }));
    await waitFor(() => expect(sent).toHaveLength(1));
    await user.keyboard("{ArrowLeft}");
    await answer();
    await waitFor(async () => expect((await field()).value).toBe("Two"));
    expect(document.activeElement).toBe(await field());
    expect((await field()).selectionStart).toBe(2);
    await user.keyboard("x");
    expect((await field()).value).toBe("Twxo");
    expect(sent).toHaveLength(1);
  });

  test("Enter on the next message sends it after the first one, never before", async () => {
    const { sent, answers, answer } = slowly();
    const { user } = compose({ answers });
    await user.type(await field(), "One");
    await isReady();
    await user.keyboard("{Enter}Two{Enter}");
    await screen.findByText("The next one leaves after it.");
    await new Promise((wake) => setTimeout(wake, 400));
    expect(sent.map((s) => s.draft.body)).toEqual(["One"]);
    await answer();
    await waitFor(() => expect(sent.map((s) => s.draft.body)).toEqual(["One", "Two"]));
    await user.keyboard("Three");
    await answer();
    await waitFor(async () => expect((await field()).value).toBe("Three"));
    expect(sent).toHaveLength(2);
  });

  test("whoever writes on after Enter sends it himself", async () => {
    const { sent, answers, answer } = slowly();
    const { user } = compose({ answers });
    await user.type(await field(), "One");
    await isReady();
    await user.keyboard("{Enter}Two{Enter}, and more");
    await screen.findByText("Enter sends the next one after it.");
    await waitFor(() => expect(sent).toHaveLength(1));
    await answer();
    await waitFor(async () => expect((await field()).value).toBe("Two, and more"));
    await new Promise((wake) => setTimeout(wake, 400));
    expect(sent).toHaveLength(1);
  });

  test("that is blocked, it comes back, and the next one is kept beside it and does not leave before it", async () => {
    const { sent, answers, answer } = slowly();
    const { user } = compose({ answers });
    await user.type(await field(), "One");
    await isReady();
    await user.keyboard("{Enter}Two{Enter}");
    await waitFor(() => expect(sent).toHaveLength(1));
    await answer(blocked());
    await user.click(await screen.findByRole("button", { name: "Back to the draft" }));
    expect((await field()).value).toBe("One");
    expect((await ahead()).value).toBe("Two");
    await screen.findByText("Your next message. It waits until the one above is sent.");
    await user.type(await ahead(), "{Enter}");
    await new Promise((wake) => setTimeout(wake, 400));
    expect(sent).toHaveLength(1);
    await user.type(await field(), "{Enter}");
    await waitFor(() => expect(sent.map((s) => s.draft.body)).toEqual(["One", "One"]));
    await answer();
    await waitFor(async () => expect((await field()).value).toBe("Two"));
    expect(sent).toHaveLength(2); // what was decided before the block holds no more
  });

  test("that failed, it and the next one stay, and the next one can be taken first", async () => {
    const { sent, answers, answer } = slowly();
    const { user } = compose({ answers });
    await user.type(await field(), "One");
    await isReady();
    await user.keyboard("{Enter}Two");
    await waitFor(() => expect(sent).toHaveLength(1));
    await answer(problem(503, "user-busy"));
    await waitFor(async () => expect((await field()).value).toBe("One"));
    await user.click(await screen.findByRole("button", { name: "Take it first" }));
    expect((await field()).value).toBe("Two");
    await user.type(await field(), "{Enter}");
    await waitFor(() => expect(sent.map((s) => s.draft.body)).toEqual(["One", "Two"]));
  });

  test("that failed with nothing typed ahead, the hand is on it again", async () => {
    const { sent, answers, answer } = slowly();
    const { user } = compose({ answers });
    await user.type(await field(), "One");
    await isReady();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(sent).toHaveLength(1));
    await answer(problem(503, "user-busy"));
    await waitFor(async () => expect(document.activeElement).toBe(await field()));
    expect(screen.queryByRole("textbox", { name: "Next message to Operations" })).toBeNull();
  });

  test("a character that is being composed is finished in its field", async () => {
    const { sent, answers, answer } = slowly();
    const { user } = compose({ answers });
    await user.type(await field(), "One");
    await isReady();
    await user.keyboard("{Enter}Tw");
    await waitFor(() => expect(sent).toHaveLength(1));
    const composing = await ahead();
    fireEvent.compositionStart(composing);
    await answer();
    expect(composing.isConnected).toBe(true);
    fireEvent.change(composing, { target: { value: "Twö" } });
    fireEvent.compositionEnd(composing);
    await waitFor(async () => expect((await field()).value).toBe("Twö"));
  });

  test("what is typed ahead is kept when the page is left", async () => {
    const { sent, answers, answer } = slowly();
    const { user, saved, unmount } = compose({ answers });
    await user.type(await field(), "One");
    await isReady();
    await user.keyboard("{Enter}Two");
    await waitFor(() => expect(sent).toHaveLength(1));
    unmount();
    await waitFor(() => expect(saved.at(-1)?.content).toMatchObject({ body: "Two" }));
    await answer();
  });
});

test("nothing is kept before the first letter, and then whom it goes to, its label and its text", async () => {
  const { user, saved } = compose();
  await user.click(await field());
  await isReady(); // the label is there, and the room is checked
  await new Promise((wake) => setTimeout(wake, 400));
  expect(saved).toEqual([]);
  await user.type(await field(), "A");
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]?.content).toMatchObject({ channel: "chat", action: [room], body: "A", label: secret });
});

describe("the catalogue of the server", () => {
  const item = (classification: string, more: object = {}) => ({
    ...{
      selector: [classification],
      default: false,
      usable: true,
      label: fakeLabel({ marking: `M ${classification}` }),
    },
    ...{ choice: { policy: "NATO", classification }, xml: `<x>${classification}</x>` },
    ...more,
  });

  test("that is restricted is all that can be chosen, and its item goes with the message as the server wrote it", async () => {
    const { user, sent } = compose({
      catalogue: { name: "Ops", offered: true, restricted: true, items: [item("RESTRICTED"), item("SECRET")] },
    });
    await user.type(await field(), "Hello");
    await user.click(screen.getByRole("button", { name: "Change label" }));
    const picker = await screen.findByRole("region", { name: "Label" });
    await within(picker).findByText("The server takes these labels only for messages to here.");
    expect(within(picker).queryByRole("radio")).toBeNull();
    await user.click(within(picker).getByRole("button", { name: "M SECRET" }));
    await user.click(within(picker).getByRole("button", { name: "Done" }));
    await isReady();
    await user.click(screen.getByRole("button", { name: "Send" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.draft).toMatchObject({ label: secret, catalogueItem: "<x>SECRET</x>" });
  });

  test("has its default before the room's, and what cannot be chosen says why", async () => {
    const { user } = compose({
      catalogue: {
        ...{ name: "Ops", offered: true, restricted: false },
        items: [
          item("RESTRICTED", { default: true }),
          item("SECRET", { usable: false, choice: undefined, why: "Too high." }),
        ],
      },
    });
    await screen.findByText("RESTRICTED");
    await user.click(screen.getByRole("button", { name: "Change label" }));
    const barred = await screen.findByRole("button", { name: "M SECRET" });
    expect(barred.getAttribute("aria-description")).toBe("Too high.");
    expect(screen.getAllByRole("radio")).toHaveLength(2);
  });
});

describe("an account that is not connected", () => {
  test("is said, with what becomes of what is sent", async () => {
    compose({ c: { kind: "person" }, a: { state: "away", nextTry: "2026-11-21T14:10:00Z" } });
    await screen.findByText(/^Not connected, next try at 14:10Z: what you send waits here, and is checked again/);
  });

  test("promises nothing in a room: who is inside is not known", async () => {
    compose({ a: { state: "away", nextTry: "2026-11-21T14:10:00Z" } });
    await screen.findByText("Not connected, next try at 14:10Z: who is in this room is not known now.");
  });
});

describe("who enters or leaves while somebody writes", () => {
  let tell: ((changes: Change[], reset: boolean) => void)[] = [];
  beforeEach(() => {
    tell = [];
    vi.spyOn(follower, "subscribe").mockImplementation((f) => {
      tell.push(f);
      return () => undefined;
    });
  });
  const changed = (kind: string, id: string) =>
    act(() => {
      for (const f of tell) f([{ kind, id }] as Change[], false);
    });

  test("turns the verdict; another room's does not ask again", async () => {
    let asked = 0;
    const answers = {
      "POST /api/check": () => ofRoom(asked++ === 0 ? "cleared" : "not-cleared"),
    };
    const { user, id } = compose({ answers });
    await user.type(await field(), "Now");
    await isReady();
    changed("room", "another0000000000");
    await new Promise((wake) => setTimeout(wake, 300));
    expect(asked).toBe(1);
    changed("room", id);
    await screen.findByText("The recipient may not get this");
    expect(screen.getByRole("button", { name: "Check again and send" })).toBeTruthy();
  });
});
