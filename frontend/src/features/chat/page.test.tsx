import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Chat, ChatMessage } from "../../api/types";
import {
  fakeChat,
  fakeDetail,
  fakeLabel,
  fakeOccupant,
  fakePresence,
  fakeSaid,
  fakeTalk,
  noLabel,
} from "../../test-fakes";
import { type Answers, problem, stage } from "../../test-stage";
import { ChatPage } from "./page";
import { forgetRooms } from "./use-entered";

beforeEach(forgetRooms);

const id = "room0000000000000000";

function chat(answers: Answers, place = "/chat") {
  return { user: userEvent.setup(), ...stage(<ChatPage />, { at: place, path: "/chat/:id?", answers }) };
}

/** room answers with one room and what was said in it. */
const room = (
  messages: ChatMessage[],
  more: Parameters<typeof fakeTalk>[1] = {},
  list: Partial<Chat> = {},
): Answers => {
  const c = fakeTalk(id, more);
  return {
    "GET /api/chat": fakeChat([c], list),
    [`GET /api/chat/${id}`]: fakeDetail(c, messages),
    [`GET /api/chat/${id}/occupants`]: fakePresence([fakeOccupant("olena")]),
    [`POST /api/chat/${id}/read`]: new Response(null, { status: 204 }),
  };
};

const article = (name: RegExp) => screen.findByRole("article", { name });

test("without an account the page teaches what the administrator adds", async () => {
  chat({ "GET /api/chat": fakeChat([], { accounts: [] }), "GET /api/installation": { managed: true } });
  expect(await screen.findByRole("heading", { name: "No chat is set up" })).toBeTruthy();
  expect(screen.getByText(/your administrator adds an XMPP account/)).toBeTruthy();
});

test("without conversations both ways to begin one are offered", async () => {
  const { user, place } = chat({ "GET /api/chat": fakeChat([]) });
  const empty = (await screen.findByRole("heading", { name: "No conversations yet" })).parentElement as HTMLElement;
  await user.click(within(empty).getByRole("button", { name: "Talk to a person" }));
  expect(place()).toBe("/chat/people");
});

test.each<[string, Partial<Chat["accounts"][number]>, RegExp]>([
  ["away", { state: "away", problem: "connect: refused" }, /cannot be reached.*What you send waits/],
  ["elsewhere", { state: "elsewhere" }, /Another Caveat of yours keeps the connection/],
  ["online but not whole", { state: "online", problem: "no archive" }, /Earlier messages may be missing here/],
])("an account that is %s says so", async (_, more, wanted) => {
  const account = { name: "chat", jid: "sarah@chat.gbr.example", state: "online" as const, ...more };
  chat({ "GET /api/chat": fakeChat([], { accounts: [account] }) });
  await waitFor(() => expect(screen.getAllByRole("status").some((s) => wanted.test(s.textContent ?? ""))).toBe(true));
});

test("a row says who, the marking of what was said last, and what there is to look after before what was said", async () => {
  const last = {
    at: "2026-11-21T14:05:00Z",
    mine: false,
    from: "olena",
    label: fakeLabel(),
    text: "At noon",
    withheld: false,
  };
  chat({
    "GET /api/chat": fakeChat([
      fakeTalk("a", { unread: 3, last }),
      fakeTalk("b", { name: "Coffee", notCleared: 2, last }),
      fakeTalk("c", { name: "Gone", joined: false, wanted: false, problem: "You were banned from the room.", last }),
      fakeTalk("d", { name: "Hidden", last: { ...last, text: "", withheld: true } }),
      fakeTalk("e", { name: "Faulty", last: { ...last, label: fakeLabel({ state: "faulty" }) } }),
    ]),
  });
  const rows = await screen.findAllByRole("row");
  const says = rows.map((r) => r.textContent ?? "");
  expect(says[1]).toMatch(/Operations Room.*NATO SECRET.*3 unread.*olena: At noon/);
  expect(says[2]).toContain("2 not cleared");
  expect(says[3]).toContain("Not in it · You were banned from the room.");
  expect(says[4]).toContain("olena: Withheld from you");
  expect(says[5]).toContain("Label not reliable calls itself NATO SECRET"); // never in the policy's colours
  expect(within(rows[5] as HTMLElement).getByText("NATO SECRET", { exact: false }).style.background).toBe("");
});

test.each<[string, Partial<ChatMessage>, RegExp]>([
  [
    "flagged",
    { label: noLabel, flagged: "It came without a label, and messages here have one." },
    /No label.*No label, where messages have one/,
  ],
  [
    "relabelled",
    { corrected: true, flagged: "The correction has another label." },
    /Corrected.*another label than what it corrects/,
  ],
  ["assumed", { label: fakeLabel({ state: "assumed" }) }, /assumed NATO SECRET.*The marking is assumed/],
  [
    "with an invalid label",
    { label: fakeLabel({ state: "faulty", faults: [{ code: "malformed", text: "It cannot be read" }] }) },
    /Label not reliable calls itself NATO SECRET.*cannot be relied on.*Its label cannot be read/,
  ],
  ["private", { private: true }, /To you alone/],
  ["late", { late: true }, /said earlier, came later/],
  ["cut", { cut: true }, /Only the beginning is shown/],
  ["not here", { body: "", problem: "too large" }, /Not here: too large/],
  ["a subject", { kind: "subject", body: "Bridge" }, /Lt Col Olena Kovalchuk set the subject: Bridge/],
  ["a withheld subject", { kind: "subject", body: "", withheld: true }, /set a subject that is withheld from you/],
  [
    "an invitation",
    { kind: "invitation", body: "", room: "x@rooms.example" },
    /invites you to the room x@rooms.example.*Join the room/,
  ],
  ["a refusal", { kind: "refusal", label: noLabel, body: "Not cleared" }, /A server refused this:Not cleared/],
])("a message that is %s says so in words", async (_, more, wanted) => {
  chat(room([fakeSaid("m", more)]), `/chat/${id}`);
  expect((await article(/./)).textContent).toMatch(wanted);
});

test("a message that is withheld says who, when, its marking and why, and nothing of its text", async () => {
  const why = [{ rule: "classification", text: "Needs a SECRET clearance.", needed: "SECRET" }];
  chat(room([fakeSaid("m", { body: "", withheld: true, withheldWhy: why as never })]), `/chat/${id}`);
  const text = (await article(/Olena/)).textContent ?? "";
  expect(text).toContain("NATO SECRET");
  expect(text).toContain("Withheld from you");
  expect(text).toContain("Needs a SECRET clearance.");
});

test("an error bears no marking, whatever it says", async () => {
  chat(room([fakeSaid("m", { kind: "refusal", body: "no", label: fakeLabel() })]), `/chat/${id}`);
  expect((await article(/./)).textContent).not.toContain("NATO SECRET");
});

test.each<[string, string, RegExp, boolean]>([
  ["accepted", "", /Accepted by the server/, true],
  ["queued", "", /Waits to leave/, false],
  [
    "held",
    "the clearance was withdrawn",
    /Held back: it needs your decision.*the clearance was withdrawn.*Decide/,
    false,
  ],
  ["perhaps-delivered", "no answer", /Perhaps delivered.*Decide/, false],
  ["refused", "not cleared", /Refused.*not cleared/, false],
])(
  "an own message that is %s says so, and only one that was accepted can be corrected",
  async (state, stateWhy, wanted, can) => {
    chat(room([fakeSaid("m", { mine: true, message: "sent1", state, stateWhy })]), `/chat/${id}`);
    const own = await article(/^You,/);
    expect(own.textContent).toMatch(wanted);
    expect(within(own).queryByRole("button", { name: "Correct" }) !== null).toBe(can);
  },
);

test("the banner is the room's own label, else that of the newest message, which it says", async () => {
  const first = chat(
    room([fakeSaid("m")], { label: fakeLabel({ state: "assumed", marking: "NATO RESTRICTED" }) }),
    `/chat/${id}`,
  );
  expect(await screen.findByRole("note", { name: "Marking of this room: NATO RESTRICTED" })).toBeTruthy();
  first.unmount();
  chat(room([fakeSaid("m")]), `/chat/${id}`);
  const note = await screen.findByRole("note", { name: /^Marking of this room, newest message:/ });
  expect(note.textContent).toContain("NATO SECRET");
});

test("a faulty label never makes a banner", async () => {
  chat(room([fakeSaid("m", { label: fakeLabel({ state: "faulty" }) })]), `/chat/${id}`);
  expect((await screen.findByRole("note", { name: "Marking of this room" })).textContent).toBe("No label yet");
});

test("who is in the room stands with those first who may not get it, each with the reason, and is counted", async () => {
  const ron = fakeOccupant("ron", {
    name: "Ron Muller",
    outcome: "not-cleared",
    reasons: [{ rule: "classification", text: "Needs a SECRET clearance.", needed: "SECRET" }] as never,
  });
  const { user } = chat(
    {
      ...room([fakeSaid("m")]),
      [`GET /api/chat/${id}/occupants`]: fakePresence([fakeOccupant("olena"), ron], { complete: false }),
    },
    `/chat/${id}`,
  );
  const side = await screen.findByRole("complementary", { name: "Who is here" });
  await within(side).findByText("1 of 2 may not get this");
  await user.click(within(side).getByRole("button", { name: "Show who is here" })); // there is no room beside it
  const items = within(side).getAllByRole("listitem");
  expect(items[0]?.textContent).toMatch(/AUS.*Ron Muller.*Not cleared.*ron · Guest.*Needs a SECRET clearance/);
  expect(items.at(-1)?.textContent).toContain("you");
  expect(side.textContent).toContain("others may hear what is said");
});

test("a room that the user is not in says so, why, and lets in again; what it asks besides is asked for", async () => {
  const asked: unknown[] = [];
  const answers = room([fakeSaid("m")], { joined: false, wanted: false, problem: "You were put out of the room." });
  const codes = ["user-chat-nick-taken", "user-chat-password"];
  const { user } = chat(
    {
      ...answers,
      "POST /api/chat/join": async (r: Request) => {
        asked.push(await r.json());
        const code = codes.shift();
        return code ? problem(409, code) : { id };
      },
    },
    `/chat/${id}`,
  );
  expect(await screen.findByText(/You were put out of the room/, { selector: "p" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Enter the room" }));
  await user.type(await screen.findByRole("textbox", { name: "Name in the room" }), "sarah2{Enter}");
  await user.type(await screen.findByLabelText("Password"), "open sesame{Enter}");
  await waitFor(() => expect(asked).toHaveLength(3));
  expect(asked[2]).toMatchObject({ room: "operations@rooms.gbr.example", nick: "sarah2", password: "open sesame" });
});

test.each([
  ["user-chat-members-only", "The room is for its members only"],
  ["user-chat-no-room", "There is no such room"],
  ["user-chat-refused", "The room does not let you in"],
])("a refusal with %s is said in words", async (code, words) => {
  const { user } = chat(
    {
      "GET /api/chat": fakeChat([]),
      "GET /api/chat/services": [
        {
          account: "chat",
          service: "rooms.ukr.example",
          name: "Rooms",
          nation: "UKR",
          rooms: [{ address: "a@rooms.ukr.example", name: "Alpha", joined: false, bookmarked: true, listed: false }],
        },
        { account: "chat", service: "rooms.deu.example", name: "Räume", nation: "DEU", rooms: [], problem: "timeout" },
      ],
      "POST /api/chat/join": problem(409, code),
    },
    "/chat/rooms",
  );
  await user.click(await screen.findByRole("button", { name: "Join Alpha" }));
  expect(await screen.findByRole("heading", { name: words })).toBeTruthy();
  expect(screen.getByText(/In no directory/)).toBeTruthy();
  const other = screen.getByRole("region", { name: "Räume" });
  expect(other.textContent).toContain("Its rooms could not be listed");
  expect(within(other).getByRole("button", { name: "Ask again" })).toBeTruthy();
});

test("a conversation that is not there says so", async () => {
  chat({ "GET /api/chat": fakeChat([]) }, `/chat/${id}`);
  expect(await screen.findByRole("heading", { name: "This conversation is not here" })).toBeTruthy();
});

test.each<[string, Partial<ChatMessage>, RegExp]>([
  [
    "why an accepted message is not as it was sent",
    { stateWhy: "The room has shown it, but not with the label that it was sent with." },
    /Accepted by the server.*not with the label that it was sent with/,
  ],
  [
    "that the room took its label off",
    { flagged: "It came back without its label.", label: noLabel },
    /Accepted by the server.*the room has shown it without one/,
  ],
  ["nothing more where all is as it was sent", {}, /Accepted by the server(Correct)?$/],
])("beside the state of an own message stands %s", async (_, more, wanted) => {
  chat(
    room([fakeSaid("m1", { mine: true, message: "sent1", state: "accepted", label: fakeLabel(), ...more })]),
    `/chat/${id}`,
  );
  expect((await article(/^You/)).textContent).toMatch(wanted);
});
