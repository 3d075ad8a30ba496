import type { Page, Route } from "@playwright/test";
import type { Chat, ChatConversation, ChatMessage, ChatPresence, ChatService } from "../src/api/types";
import {
  fakeChat,
  fakeDetail,
  fakeLabel,
  fakeOccupant,
  fakePresence,
  fakeSaid,
  fakeTalk,
  noLabel,
} from "../src/test-fakes";
import { secret } from "./fixtures";

/** Conversations of answers that are made up, for what a test cannot bring people to say and do. */

const red = { foreground: "#ffffff", background: "#c8102e" };
export const secretLabel = fakeLabel({ marking: "NATO/MROD SECRET", ...red });

export const roomId = "maderoom000000000000";
export const personId = "madeperson0000000000";

const reason = (text: string, needed: string) => [{ rule: "classification", text, needed: [needed] }] as never;

export const siân = fakeOccupant("sian.llewellyn", {
  address: "sian.llewellyn@chat.gbr.example",
  name: "Lieutenant Colonel Siân Llewellyn",
  nation: "GBR",
  affiliation: "owner",
});

/** Somebody who may not have what is said. */
export const ron = fakeOccupant("ron.muller", {
  name: "Captain Ron Muller",
  outcome: "not-cleared",
  reasons: reason("Needs a SECRET clearance.", "SECRET"),
});

export const stranger = fakeOccupant("guest", { address: "", nation: "", outcome: "unknown", role: "visitor" });

let minute = 0;
const at = () => `2026-11-21T14:${String(minute++ % 60).padStart(2, "0")}:00Z`;

export function said(n: number, more: Partial<ChatMessage> = {}): ChatMessage {
  const from = { nick: siân.nick, address: siân.address, name: siân.name, nation: siân.nation };
  return fakeSaid(`made${String(n).padStart(16, "0")}`, {
    at: at(),
    from,
    body: `Bridge report ${n}`,
    label: secretLabel,
    ...more,
  });
}

/** One message of every kind that a reader can meet. */
export function everyKind(): ChatMessage[] {
  minute = 0;
  const mine = {
    mine: true,
    from: { nick: "sarah.whitfield", address: "", name: "Major Sarah Whitfield", nation: "GBR" },
  };
  return [
    said(1, {
      kind: "subject",
      body: "Operation BRIDGE",
      from: { nick: "sian.llewellyn", address: "", name: "", nation: "" },
    }),
    said(2, { body: "The bridge at grid 33U VR 1234 carries 60 t.\nThe ford does not." }),
    said(3, { label: { ...secretLabel, state: "assumed", why: "It came without a label." } }),
    said(4, { label: noLabel, flagged: "It came without a label, and messages here have one." }),
    said(5, {
      label: fakeLabel({
        ...noLabel,
        state: "faulty",
        said: "NATO UNCLASSIFIED",
        faults: [{ code: "invalid", text: "The policy does not allow its label" }],
      }),
    }),
    said(6, { body: "", withheld: true, withheldWhy: reason("Needs a TOP SECRET clearance.", "TOP SECRET") }),
    said(7, { private: true, corrected: true, late: true }),
    said(8, { kind: "invitation", body: "Come to the planning.", room: "planning@rooms.chat.ukr.example" }),
    said(9, { kind: "refusal", label: noLabel, body: "Not cleared for this label.", from: { ...siân } }),
    said(10, { ...mine, message: "madesent000000000001", state: "accepted", delivered: true, unread: false }),
    said(11, { ...mine, message: "madesent000000000002", state: "held", stateWhy: "A clearance was withdrawn." }),
    said(12, { unread: true }),
  ];
}

export const room = (more: Partial<ChatConversation> = {}): ChatConversation => {
  const last = {
    at: "2026-11-21T14:11:00Z",
    mine: false,
    from: "sian.llewellyn",
    label: secretLabel,
    text: "Bridge report 12",
    withheld: false,
  };
  return fakeTalk(roomId, {
    address: "operations@rooms.chat.gbr.example",
    label: { ...secretLabel, state: "assumed" },
    last,
    ...more,
  });
};

export const person = (more: Partial<ChatConversation> = {}): ChatConversation =>
  fakeTalk(personId, {
    kind: "person",
    address: "olena.kovalchuk@chat.ukr.example",
    name: "підполковник Олена Ковальчук",
    nation: "UKR",
    joined: false,
    wanted: false,
    ...more,
  });

/** Made is what the program says of chat; a test changes it, and has the page told. */
export type Made = {
  chat: Chat;
  messages: Record<string, ChatMessage[]>;
  presence: ChatPresence;
  services?: ChatService[] | undefined;
  /** How often a conversation was asked for. */
  asked: number;
  tell: (kind: "chat" | "room", id: string) => void;
};

const part = (all: ChatMessage[], before: string | null, limit: number) => {
  const end = before ? Number(before) : all.length;
  const begin = Math.max(0, end - limit);
  return { messages: all.slice(begin, end), next: begin > 0 ? String(begin) : undefined };
};

/** answerChat answers in the program's place. */
export async function answerChat(page: Page, given: Partial<Omit<Made, "tell" | "asked">> = {}): Promise<Made> {
  let tellNow: ((c: object) => void) | undefined;
  const waiting: object[] = [];
  let seq = 0;
  const made: Made = {
    chat: fakeChat([room()]),
    messages: { [roomId]: everyKind() },
    presence: fakePresence([siân], { judged: secretLabel }),
    asked: 0,
    ...given,
    tell: (kind, id) => {
      waiting.push({ seq: ++seq, kind, id });
      tellNow?.({});
    },
  };
  const json = (route: Route, body: unknown) => route.fulfill({ json: body });
  await page.route(/\/api\/changes/, async (route) => {
    const after = Number(new URL(route.request().url()).searchParams.get("after"));
    if (after >= 0 && waiting.length === 0)
      await new Promise((told) => {
        tellNow = told;
      });
    await json(route, { changes: after < 0 ? [] : waiting.splice(0), seq: Math.max(seq, 0), reset: false }).catch(
      () => undefined,
    );
  });
  await page.route(/\/api\/chat\?/, (route) => json(route, made.chat));
  if (made.services) await page.route(/\/api\/chat\/services/, (route) => json(route, made.services));
  await page.route(/\/api\/chat\/made\w+\/occupants/, (route) => json(route, made.presence));
  await page.route(/\/api\/chat\/made\w+\/catalogue/, (route) =>
    json(route, { name: "", offered: false, restricted: false, items: [] }),
  );
  // What the composer begins with: the label of the last message of the user's own.
  await page.route(/\/api\/messages\/made\w+\/evidence/, (route) =>
    json(route, { draft: { channel: "chat", body: "Bridge report 11", label: secret } }),
  );
  await page.route(/\/api\/chat\/made\w+\/read/, async (route) => {
    const id = idIn(route);
    made.chat = {
      ...made.chat,
      conversations: made.chat.conversations.map((c) => (c.id === id ? { ...c, unread: 0 } : c)),
    };
    await route.fulfill({ status: 204 });
    made.tell("chat", id);
  });
  await page.route(/\/api\/chat\/made\w+\?/, (route) => {
    const id = idIn(route);
    const query = new URL(route.request().url()).searchParams;
    const conversation = made.chat.conversations.find((c) => c.id === id);
    made.asked++;
    if (!conversation)
      return route.fulfill({ status: 404, json: { title: "Not Found", status: 404, code: "user-not-found" } });
    const { messages, next } = part(made.messages[id] ?? [], query.get("before"), Number(query.get("limit")));
    const more = conversation.kind === "room" ? { subject: "Operation BRIDGE", subjectLabel: secretLabel } : {};
    return json(route, { ...fakeDetail(conversation, messages, more), ...(next ? { next } : {}) });
  });
  return made;
}

const idIn = (route: Route) => new URL(route.request().url()).pathname.split("/")[3] ?? "";
