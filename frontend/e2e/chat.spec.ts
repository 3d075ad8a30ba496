import { fakeChat, fakePresence } from "../src/test-fakes";
import { answerChat, person, personId, ron, room, roomId, said, secretLabel, siân, stranger } from "./chat-made";
import { expect, holdAnnouncements, test } from "./fixtures";
import { ChatModel } from "./models/chat";
import { tabTo } from "./models/keys";

test("with the keyboard alone: join a room of the own nation, read it, write under a label, send, and see what became of it", async ({
  page,
  demo,
}) => {
  const keys = page.keyboard;
  const chat = new ChatModel(page);
  await page.goto("/");
  await expect(page.getByRole("link", { name: /^Chat/ })).toBeVisible();
  await Promise.all(["g", "c"].map((k) => keys.press(k))); // within a second, whatever the machine does
  await expect(page.getByRole("button", { name: "Join a room" }).first()).toBeVisible();
  await tabTo(page, page.getByRole("button", { name: "Join a room" }).first(), "Tab");
  await keys.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Join a room" })).toBeFocused();
  await keys.press("/");
  await keys.type("operations@rooms.chat.gbr");
  const join = page.getByRole("button", { name: /^(Join|Open) operations/ });
  await expect(join).toHaveCount(1);
  await tabTo(page, join, "Tab");
  await keys.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Operations Room" })).toBeVisible();
  await expect(page.getByRole("article", { name: /sian.llewellyn/ }).first()).toContainText("RESTRICTED");
  await expect(page.getByRole("complementary", { name: "Who is here" })).toContainText("may get this");
  for (const part of [page.getByRole("log"), page.getByRole("grid"), chat.text]) {
    // F6 leads through the parts of the page, whichever of them there are.
    await expect(async () => {
      await keys.press("F6");
      await expect(part).toBeFocused({ timeout: 200 });
    }).toPass();
  }
  await keys.type("Two, send your position");
  await tabTo(page, chat.composer.getByRole("button", { name: /^(Choose a|Change) label$/ }), "Shift+Tab");
  await keys.press("Enter");
  const first = page.getByRole("region", { name: "Label" }).getByRole("radio").first();
  await expect(first).toBeVisible();
  const secret = page.getByRole("radio", { name: "SECRET", exact: true });
  for (let i = 0; i < 6 && !(await secret.isChecked()); i++) await keys.press("ArrowRight");
  await expect(secret).toBeChecked();
  await keys.press("Escape");
  await expect(chat.marking).toContainText("SECRET");
  await tabTo(page, chat.text, "Tab");
  await keys.press("Enter");
  await expect(chat.text).toHaveValue("");
  const sent = page.getByRole("article", { name: /^You/ }).filter({ hasText: "Two, send your position" });
  await expect(sent).toContainText("Accepted by the server");
  await expect(sent).toContainText("NATO/MROD SECRET");
  await expect(chat.text).toBeFocused();
  const all = (await demo.api("GET", "/api/messages?limit=10")) as { state: string; channel: string }[];
  expect(all[0]).toMatchObject({ state: "accepted", channel: "chat" });
});

test("who enters and is not cleared is told of at once, by name and why, and that he was there until it is put away", async ({
  page,
}) => {
  const made = await answerChat(page);
  await page.goto(`/chat/${roomId}`);
  const alarm = page.getByRole("alert", { name: "Who came in" });
  await expect(page.getByText("The other person may get this")).toBeVisible();
  await expect(alarm).toBeEmpty();

  made.presence = fakePresence([siân, ron], { judged: secretLabel });
  made.tell("room", roomId);
  await expect(alarm).toContainText("Captain Ron Muller (AUS) entered and is not cleared for NATO/MROD SECRET.");
  await expect(alarm).toContainText("Needs a SECRET clearance.");
  await expect(page.getByRole("complementary", { name: "Who is here" })).toContainText("1 of 2 may not get this");

  made.presence = fakePresence([siân], { judged: secretLabel });
  made.tell("room", roomId);
  await expect(alarm).not.toContainText("entered");
  await expect(alarm).toContainText(/Captain Ron Muller \(AUS\) was here \d\d:\d\dZ–\d\d:\d\dZ/);
  await alarm.getByRole("button", { name: "Put away: Captain Ron Muller (AUS)" }).click();
  await expect(alarm).toBeEmpty();

  made.presence = fakePresence([siân, ron, stranger], { judged: secretLabel });
  made.tell("room", roomId);
  await alarm.getByRole("button", { name: "Put away: Captain Ron Muller (AUS)" }).click();
  await expect(alarm).not.toContainText("Ron Muller");
  await expect(alarm).toContainText("guest entered. Whether they are cleared for NATO/MROD SECRET is not known.");
});

test("who comes in while another conversation is looked at is told of there, and again when one comes back", async ({
  page,
}) => {
  await holdAnnouncements(page);
  const made = await answerChat(page, { chat: fakeChat([room(), person()]) });
  await page.goto(`/chat/${roomId}`);
  await expect(page.getByText("The other person may get this")).toBeVisible();
  await page.getByRole("row", { name: /Ковальчук/ }).click();
  await expect(page.getByText("Nothing was said here yet")).toBeVisible();
  made.presence = fakePresence([siân, ron], { judged: secretLabel });
  made.chat = fakeChat([room({ notCleared: 1 }), person()]);
  made.tell("room", roomId);
  await expect(page.getByText("1 person in Operations Room is not cleared for what is said there")).toBeVisible();
  await page.getByRole("row", { name: /Operations Room.*1 not cleared/ }).click();
  await expect(page.getByRole("alert", { name: "Who came in" })).toContainText("Captain Ron Muller (AUS) entered");
});

test("who entered while there was no label is named once one is there", async ({ page }) => {
  const none = { ...secretLabel, state: "unlabelled" as const, marking: "" };
  const unknown = (...all: (typeof ron)[]) => all.map((o) => ({ ...o, outcome: "unknown" as const, reasons: [] }));
  const made = await answerChat(page, { presence: fakePresence(unknown(siân), { judged: none }) });
  await page.goto(`/chat/${roomId}`);
  await expect(page.getByText("There is no label to judge by")).toBeVisible();
  made.presence = fakePresence(unknown(siân, ron), { judged: none });
  made.tell("room", roomId);
  await expect(page.getByText("3 people are here")).toBeVisible();
  const alarm = page.getByRole("alert", { name: "Who came in" });
  await expect(alarm).toBeEmpty();
  made.presence = fakePresence([siân, ron], { judged: secretLabel });
  made.tell("room", roomId);
  await expect(alarm).toContainText("Captain Ron Muller (AUS) is here and is not cleared for NATO/MROD SECRET.");
});

test("older messages come while one scrolls back, and what is read stays in its place", async ({ page }) => {
  const messages = Array.from({ length: 450 }, (_, i) => said(i));
  const made = await answerChat(page, { messages: { [roomId]: messages } });
  await page.goto(`/chat/${roomId}`);
  const log = page.getByRole("log", { name: "Messages" });
  await expect(log.getByText("Bridge report 449", { exact: true })).toBeVisible();
  expect(await log.getByRole("article").count()).toBeLessThan(60); // only what is in sight is drawn
  await log.focus();
  await expect(async () => {
    await page.keyboard.press("Home");
    await expect(log.getByText("Bridge report 0", { exact: true })).toBeInViewport({ timeout: 500 });
  }).toPass();
  await expect(log.getByText("The beginning of what is kept here")).toBeVisible();

  const place = () => log.getByText("Bridge report 2", { exact: true }).evaluate((e) => e.getBoundingClientRect().top);
  const before = await place();
  made.messages[roomId] = [...messages, said(450)];
  made.tell("chat", roomId);
  await page.getByRole("button", { name: "1 new message" }).click({ trial: true });
  expect(await place()).toBe(before);
  await page.getByRole("button", { name: "1 new message" }).click();
  await expect(log.getByText("Bridge report 450", { exact: true })).toBeInViewport();
});

test("what was not read stands below a line, and counts as read once it was in sight", async ({ page }) => {
  const made = await answerChat(page, {
    chat: fakeChat([room({ unread: 1 }), person({ unread: 4 })]),
    messages: { [roomId]: [said(1), said(2, { unread: true })], [personId]: [] },
  });
  await page.goto("/chat");
  await expect(page).toHaveTitle("(5) Chat – Caveat");
  await expect(page.getByRole("link", { name: "Chat 5 unread" })).toBeVisible();
  await page.getByRole("row", { name: /Operations Room/ }).click();
  await expect(page.getByText("New since you were last here")).toBeVisible();
  await expect.poll(() => made.chat.conversations[0]?.unread).toBe(0);
});

test("a notice of the system shows the marking and who, never the text, and only once it was allowed by a button", async ({
  page,
  context,
}) => {
  await holdAnnouncements(page);
  await page.addInitScript(() => {
    const shown: string[] = [];
    class Fake {
      static permission = "default";
      static asked = 0;
      static async requestPermission() {
        Fake.asked++;
        Fake.permission = "granted";
        return Fake.permission;
      }
      onclick = null;
      constructor(title: string, options: { body: string }) {
        shown.push(`${title} ${options.body}`);
      }
      close() {}
    }
    Object.assign(window, { Notification: Fake, shownNotices: shown });
  });
  const made = await answerChat(page);
  await page.goto("/chat");
  const asked = () => page.evaluate(() => (Notification as unknown as { asked: number }).asked);
  expect(await asked()).toBe(0);
  await page.getByRole("button", { name: "Notify me" }).click();
  expect(await asked()).toBe(1);
  await page.evaluate(() => {
    document.hasFocus = () => false; // another program is in front
  });
  const last = { at: "2026-11-21T15:00:00Z", mine: false, from: "sian.llewellyn", label: secretLabel, withheld: false };
  made.chat = fakeChat([room({ unread: 1, last: { ...last, text: "The bridge is down" } })]);
  made.tell("chat", roomId);
  await expect(page.getByText("Operations Room: a new message")).toBeVisible();
  const shown = await page.evaluate(() => (window as unknown as { shownNotices: string[] }).shownNotices);
  expect(shown).toEqual(["Caveat NATO/MROD SECRET · sian.llewellyn, Operations Room"]);
  expect(context.pages()).toHaveLength(1);
});

test("from somebody in the book to the conversation: nothing is sent", async ({ page, own }) => {
  await page.goto(`${own.origin}/book/olena.kovalchuk@ukr.example`);
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await expect(page).toHaveURL(/\/chat\/[a-z0-9]{16,}/);
  await expect(page.getByRole("heading", { level: 1, name: /Kovalchuk|Ковальчук/ })).toBeVisible();
  expect(await own.api("GET", "/api/messages?limit=10")).toEqual([]);
});

test("a flood of messages asks no more than four times in a second, and the end stays in sight", async ({ page }) => {
  const made = await answerChat(page, { messages: { [roomId]: [said(0)] } });
  await page.goto(`/chat/${roomId}`);
  await expect(page.getByText("Bridge report 0", { exact: true })).toBeVisible();
  made.asked = 0;
  const begin = Date.now();
  for (let i = 1; i <= 300; i++) {
    made.messages[roomId]?.push(said(i));
    made.tell("chat", roomId);
    await new Promise((later) => setTimeout(later, 10));
  }
  await expect(page.getByText("Bridge report 300", { exact: true })).toBeInViewport();
  const seconds = (Date.now() - begin) / 1000;
  expect(made.asked).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 2);
});
