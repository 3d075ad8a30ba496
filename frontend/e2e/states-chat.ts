import type { Page } from "@playwright/test";
import { fakeChat, fakePresence } from "../src/test-fakes";
import {
  answerChat,
  everyKind,
  person,
  personId,
  ron,
  room,
  roomId,
  said,
  secretLabel,
  siân,
  stranger,
} from "./chat-made";
import { expect, secret } from "./fixtures";
import type { PageState } from "./reach";

const crowd = fakePresence([siân, ron, stranger], { judged: secretLabel, complete: false });

/** showPeople opens who is here, where that is a sheet at the bottom. */
async function showPeople(page: Page): Promise<void> {
  const open = page.getByRole("button", { name: "Show who is here" });
  if (await open.isVisible()) await open.click();
}

/** write begins a message in a conversation. */
async function write(page: Page, c: ReturnType<typeof room>): Promise<void> {
  await answerChat(page, { chat: fakeChat([c]), messages: { [c.id]: everyKind() }, presence: crowd });
  await page.goto(`/chat/${c.id}`);
  await page.getByRole("textbox", { name: /^Message to / }).fill("Is the bridge open for heavy vehicles?");
  await expect(page.getByRole("button", { name: /^(Send|Check again and send)$/ })).toBeEnabled();
}

const account = { name: "chat", jid: "sarah.whitfield@chat.gbr.example" };

/** chatStates are those of chat. What other people say and do in them is made up. */
export const chatStates: PageState[] = [
  {
    name: "chat-none",
    reach: async (page) => {
      await answerChat(page, { chat: fakeChat([], { accounts: [] }) });
      await page.goto("/chat");
      await expect(page.getByRole("heading", { name: "No chat is set up" })).toBeVisible();
    },
  },
  {
    name: "chat-empty",
    reach: async (page) => {
      await answerChat(page, { chat: fakeChat([]) });
      await page.goto("/chat");
      await expect(page.getByRole("heading", { name: "No conversations yet" })).toBeVisible();
    },
  },
  {
    name: "chat-list",
    reach: async (page) => {
      const left = room({
        id: "madeleft000000000000",
        name: "Planning",
        joined: false,
        wanted: false,
        problem: "You were put out of the room.",
      });
      const crowded = room({ id: "madecrowd00000000000", name: "Coffee Room", notCleared: 2, unread: 120 });
      const away = [
        { ...account, state: "away" as const, problem: "connect: connection refused", nextTry: "2026-11-21T14:20:00Z" },
      ];
      await answerChat(page, { chat: fakeChat([room({ unread: 1 }), crowded, left, person()], { accounts: away }) });
      await page.goto("/chat");
      await expect(page.getByRole("row", { name: /2 not cleared/ })).toBeVisible();
    },
  },
  {
    name: "chat-room",
    reach: async (page) => {
      await answerChat(page, { chat: fakeChat([room({ unread: 1 }), person()]), presence: crowd });
      await page.goto(`/chat/${roomId}`);
      await expect(page.getByRole("article", { name: /^You/ }).first()).toBeVisible();
      await page.getByRole("log").evaluate((e) => e.scrollTo(0, 0));
      await expect(page.getByText("The bridge at grid")).toBeVisible();
      await showPeople(page);
    },
  },
  {
    name: "chat-entered",
    reach: async (page) => {
      const made = await answerChat(page);
      await page.goto(`/chat/${roomId}`);
      await expect(page.getByText("The other person may get this")).toBeVisible();
      made.presence = crowd;
      made.tell("room", roomId);
      await expect(page.getByText("Captain Ron Muller (AUS) entered and is not cleared")).toBeVisible();
    },
  },
  {
    name: "chat-left",
    reach: async (page) => {
      const left = room({ joined: false, wanted: false, problem: "You were put out of the room." });
      await answerChat(page, { chat: fakeChat([left]) });
      await page.goto(`/chat/${roomId}`);
      await expect(page.getByRole("button", { name: "Enter the room" })).toBeVisible();
    },
  },
  {
    name: "chat-person",
    reach: async (page) => {
      await answerChat(page, { chat: fakeChat([person()]), messages: { [personId]: [] } });
      await page.goto(`/chat/${personId}`);
      await expect(page.getByText("Nothing was said here yet")).toBeVisible();
    },
  },
  {
    name: "chat-compose",
    reach: async (page) => {
      await write(page, room({ choice: secret }));
      await expect(page.getByText(/^Saved /)).toBeVisible();
    },
  },
  {
    name: "chat-compose-person",
    reach: async (page) => {
      await write(page, person({ choice: secret }));
      await expect(page.getByText(/^Saved /)).toBeVisible();
    },
  },
  {
    name: "chat-ahead",
    reach: async (page) => {
      await write(page, person({ choice: secret }));
      await page.route("**/api/send", () => undefined); // no answer yet
      await page.keyboard.press("Enter");
      await page.keyboard.type("And the ferry, too?");
      await page.keyboard.press("Enter");
      await expect(page.getByText("The next one leaves after it.")).toBeVisible();
    },
  },
  {
    name: "chat-ahead-kept",
    reach: async (page) => {
      await write(page, person({ choice: secret }));
      await page.route("**/api/send", async (r) => {
        await page.getByText("Enter sends the next one after it.").waitFor();
        await r.fulfill({ status: 503, json: { title: "Busy", status: 503, code: "user-busy", detail: "busy" } });
      });
      await page.keyboard.press("Enter");
      await page.keyboard.type("And the ferry, too?");
      await expect(page.getByRole("button", { name: "Take it first" })).toBeVisible();
    },
  },
  {
    name: "chat-long",
    reach: async (page) => {
      const messages = Array.from({ length: 260 }, (_, i) => said(i));
      await answerChat(page, { messages: { [roomId]: messages } });
      await page.goto(`/chat/${roomId}`);
      await expect(page.getByText("Bridge report 259")).toBeVisible();
      await page.getByRole("log").evaluate((e) => e.scrollTo(0, e.scrollHeight / 2));
      await expect(page.getByRole("button", { name: /To the newest/ })).toBeVisible();
    },
  },
  {
    name: "chat-rooms",
    reach: async (page) => {
      const list = [
        {
          address: "operations@rooms.chat.gbr.example",
          name: "Operations Room",
          joined: true,
          bookmarked: true,
          listed: true,
        },
      ];
      const services = [
        { account: "chat", service: "rooms.chat.gbr.example", name: "Rooms of GBR", nation: "GBR", rooms: list },
        {
          account: "chat",
          service: "rooms.chat.ukr.example",
          name: "Rooms of UKR",
          nation: "UKR",
          rooms: [
            {
              address: "coffee@rooms.chat.ukr.example",
              name: "Coffee",
              joined: false,
              bookmarked: false,
              listed: false,
            },
          ],
        },
        {
          account: "chat",
          service: "rooms.chat.deu.example",
          name: "Rooms of DEU",
          nation: "DEU",
          problem: "no answer in 5 s",
          rooms: [],
        },
      ];
      await answerChat(page, { services, messages: { [roomId]: everyKind() } });
      await page.route("**/api/chat/join", (r) =>
        r.fulfill({
          status: 409,
          json: { title: "Conflict", status: 409, code: "user-chat-nick-taken", detail: "conflict" },
        }),
      );
      await page.goto("/chat/rooms");
      await page.getByRole("button", { name: "Join Coffee" }).click();
      await expect(page.getByRole("textbox", { name: "Name in the room" })).toBeVisible();
    },
  },
  {
    name: "chat-people",
    reach: async (page) => {
      await page.goto("/chat/people");
      await page.getByRole("combobox", { name: "Who" }).fill("kova");
      await expect(page.getByRole("option").nth(1)).toBeVisible();
    },
  },
  {
    name: "chat-gone",
    reach: async (page) => {
      await answerChat(page, { chat: fakeChat([]) });
      await page.goto(`/chat/${roomId}`);
      await expect(page.getByRole("heading", { name: "This conversation is not here" })).toBeVisible();
    },
  },
];
