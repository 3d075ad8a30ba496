import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { type Program, startSecond } from "./demo";
import { drafts, expect, test } from "./fixtures";
import { ChatModel } from "./models/chat";

type Schemas = components["schemas"];

const olena = "olena.kovalchuk@chat.ukr.example";
const melnyk = "iryna.melnyk@chat.ukr.example"; // holds RESTRICTED only
const operations = "operations@rooms.chat.ukr.example";
const own = "operations@rooms.chat.gbr.example";
const planning = "planning@rooms.chat.gbr.example"; // has a password, and takes RESTRICTED and CONFIDENTIAL only
const coffee = "coffee@rooms.chat.ukr.example"; // has no clearance, and somebody who holds RESTRICTED only is inside

/** talk opens a conversation with a person and gives its page. */
async function talk(demo: Program, address: string): Promise<string> {
  const { id } = (await demo.api("POST", "/api/chat/open", { address })) as Schemas["ChatOpened"];
  return `/chat/${id}`;
}

/** enter joins a room, once the account is connected, and gives its page. */
async function enter(demo: Program, room: string, password = ""): Promise<string> {
  await stands(demo, "online");
  const { id } = (await demo.api("POST", "/api/chat/join", {
    room,
    ...(password ? { password } : {}),
  })) as Schemas["ChatOpened"];
  return `/chat/${id}`;
}

/** stands waits until the user's account does so. */
async function stands(demo: Program, state: "online" | "away"): Promise<void> {
  const accounts = async () => ((await demo.api("GET", "/api/chat")) as Schemas["ChatDocument"]).accounts;
  await expect.poll(async () => (await accounts()).map((a) => a.state), { timeout: 60_000 }).toEqual([state]);
}

/**
 * slowly has every Send reach the program only when it is let go, one after the other, and notes what they were to send. One that is let
 * go before it was asked for (the draft is stored first) is not held.
 */
async function slowly(page: Page): Promise<{ asked: string[]; letGo: () => void }> {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  let early = 0;
  await page.route("**/api/send", async (route) => {
    asked.push(route.request().postDataJSON().draft.body);
    if (early > 0) early--;
    else await new Promise<void>((go) => waiting.push(go));
    await route.continue();
  });
  const letGo = () => {
    const go = waiting.shift();
    if (go) go();
    else early++;
  };
  return { asked, letGo };
}

async function said(demo: Program, path: string): Promise<Schemas["ChatMessage"][]> {
  const all = (await demo.api("GET", `/api${path}?limit=500`)) as Schemas["ChatDetail"];
  return all.messages;
}

test("a message to a person leaves under its label, and the next one begins under the same, with the hand on the text", async ({
  page,
  demo,
}) => {
  const chat = new ChatModel(page);
  const path = await talk(demo, olena);
  await page.goto(path);
  await chat.choose("SECRET");
  await expect(chat.marking).toHaveText("NATO/MROD SECRET");
  await chat.text.fill("Is the bridge open?");
  await expect(chat.sum()).toHaveText("The recipient may get this");
  await chat.text.press("Enter");
  await expect(chat.row("Is the bridge open?").last()).toBeVisible();
  await expect(chat.text).toHaveValue("");
  await expect(chat.text).toBeFocused();
  await expect(chat.marking).toHaveText("NATO/MROD SECRET");
  // What is written next goes out under the same label, without another word about it.
  await page.keyboard.type("And the ferry?");
  await page.keyboard.press("Enter");
  await expect(chat.text).toHaveValue("");
  const mine = async () => (await said(demo, path)).filter((m) => m.mine && m.state === "accepted");
  await expect
    .poll(async () => (await mine()).slice(-2).map((m) => [m.body, m.label.marking]))
    .toEqual([
      ["Is the bridge open?", "NATO/MROD SECRET"],
      ["And the ferry?", "NATO/MROD SECRET"],
    ]);
  expect(await drafts(demo)).toEqual([]);

  // After a while away it is still the label of the last message here, and no draft is made by looking.
  await page.reload();
  await expect(chat.marking).toHaveText("NATO/MROD SECRET");
  expect(await drafts(demo)).toEqual([]);
});

test("a message to a room goes to the room alone, whose people are in the check", async ({ page, demo }) => {
  const chat = new ChatModel(page);
  const path = await enter(demo, operations);
  await page.goto(path);
  await chat.choose("SECRET");
  await chat.text.fill("All stations, radio check");
  await expect(chat.sum()).toHaveText("The recipient may get this");
  await expect(chat.check).toContainText("Operations Room");
  await chat.send.click();
  await expect(chat.text).toHaveValue("");
  await expect
    .poll(async () => (await said(demo, path)).filter((m) => m.mine).at(-1))
    .toMatchObject({ body: "All stations, radio check", state: "accepted", label: { marking: "NATO/MROD SECRET" } });
});

test("a room in which somebody is not cleared stops the message, and what was written stays", async ({
  page,
  demo,
  watch,
}) => {
  watch.expected.push(/status of 409/); // the refusal itself
  const chat = new ChatModel(page);
  await page.goto(await enter(demo, coffee));
  await chat.choose("SECRET");
  await chat.text.fill("Over coffee");
  await expect(chat.sum()).toHaveText("The recipient may not get this");
  await chat.text.press("Enter");
  await expect(chat.stopped).toBeVisible();
  await expect(chat.stopped.getByRole("button", { name: "Back to the draft" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.stopped).toHaveCount(0);
  await expect(chat.text).toHaveValue("Over coffee");
});

test("who holds too little is named before and at Send; a lower label that was never used needs no reason", async ({
  page,
  demo,
}) => {
  const chat = new ChatModel(page);
  await page.goto(await talk(demo, melnyk));
  await chat.choose("SECRET");
  await expect(chat.sum()).toHaveText("The recipient may not get this");
  await chat.choose("RESTRICTED"); // nothing was written under the other one
  await expect(chat.sum()).toHaveText("The recipient may get this");
  await chat.text.fill("Road report");
  await chat.send.click();
  await expect(chat.row("Road report").last()).toBeVisible();
});

test("what is typed while a message is being sent is the next one, and leaves after it", async ({ page, demo }) => {
  const chat = new ChatModel(page);
  const path = await talk(demo, olena);
  await page.goto(path);
  await chat.choose("RESTRICTED");
  await chat.text.fill("First over the satellite");
  const { asked, letGo } = await slowly(page);
  await page.keyboard.press("Enter");
  await page.keyboard.type("Second, typed ahead");
  await expect(chat.ahead).toHaveValue("Second, typed ahead");
  await expect(chat.composer).toContainText("“First over the satellite”");
  // It is kept as any draft, whatever becomes of the first one.
  await expect.poll(async () => (await drafts(demo)).length).toBe(2);
  await page.keyboard.press("Enter");
  await expect(chat.composer).toContainText("The next one leaves after it.");
  await page.waitForTimeout(500);
  expect(asked).toEqual(["First over the satellite"]);
  letGo();
  await expect.poll(() => asked).toEqual(["First over the satellite", "Second, typed ahead"]);
  await page.keyboard.type("Third");
  letGo();
  await expect(chat.text).toHaveValue("Third");
  await expect(chat.text).toBeFocused();
  const mine = async () => (await said(demo, path)).filter((m) => m.mine).slice(-2);
  await expect
    .poll(async () => (await mine()).map((m) => [m.body, m.label.marking]))
    .toEqual([
      ["First over the satellite", "NATO/MROD RESTRICTED"],
      ["Second, typed ahead", "NATO/MROD RESTRICTED"],
    ]);
});

test("letters that are typed without a pause while messages are sent are all there", async ({ page, demo }) => {
  const chat = new ChatModel(page);
  const path = await talk(demo, olena);
  await page.goto(path);
  await chat.choose("RESTRICTED");
  await chat.text.focus();
  const words = ["alpha", "bravo", "charlie", "delta", "echo"];
  for (const w of words) {
    await page.keyboard.type(`${w} and ${w}`, { delay: 15 });
    await page.keyboard.press("Enter");
  }
  const mine = async () => (await said(demo, path)).filter((m) => m.mine).map((m) => m.body);
  const all = words.map((w) => `${w} and ${w}`).join("");
  await expect(async () => {
    await page.keyboard.press("Enter"); // what was typed on after its Enter waits for another one
    expect((await mine()).slice(-words.length).join("").slice(-all.length)).toBe(all);
  }).toPass();
});

test("a blocked message comes back, and what was typed ahead is kept beside it and can be taken first", async ({
  page,
  demo,
  watch,
}) => {
  watch.expected.push(/status of 409/); // the refusal itself
  const chat = new ChatModel(page);
  await page.goto(await enter(demo, coffee));
  await chat.choose("SECRET");
  await chat.text.fill("Over coffee");
  await expect(chat.sum()).toHaveText("The recipient may not get this");
  const { asked, letGo } = await slowly(page);
  await page.keyboard.press("Enter");
  await page.keyboard.type("Then this");
  await page.keyboard.press("Enter");
  letGo();
  await expect(chat.stopped.getByRole("button", { name: "Back to the draft" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.text).toHaveValue("Over coffee");
  await expect(chat.ahead).toHaveValue("Then this");
  await expect(chat.composer).toContainText("It waits until the one above is sent.");
  await chat.ahead.press("Enter");
  expect(asked).toEqual(["Over coffee"]);
  await chat.composer.getByRole("button", { name: "Take it first" }).click();
  await expect(chat.text).toHaveValue("Then this");
  const texts = async () => (await drafts(demo)).map((d) => d.excerpt).sort();
  await expect.poll(texts).toEqual(["Over coffee", "Then this"]);
});

test("in a room with a restricted catalogue its items alone can be chosen, and go with the message as they are", async ({
  page,
  demo,
}) => {
  const chat = new ChatModel(page);
  const path = await enter(demo, planning, "compass");
  await page.goto(path);
  await chat.composer.getByRole("button", { name: /^(Choose a|Change) label$/ }).click();
  const picker = page.getByRole("region", { name: "Label" });
  await expect(picker).toContainText("The server takes these labels only for messages to here.");
  await expect(picker.getByRole("radio")).toHaveCount(0); // nothing but what is offered
  await expect(picker.getByRole("button", { name: /SECRET/ })).toHaveCount(0);
  await picker.getByRole("button", { name: "NATO/MROD CONFIDENTIAL", exact: true }).click();
  await picker.getByRole("button", { name: "Done" }).click();
  await expect(chat.marking).toHaveText("NATO/MROD CONFIDENTIAL");
  await chat.text.fill("Plan for tomorrow");
  await expect(chat.sum()).toHaveText("The recipient may get this");
  const sent = page.waitForRequest("**/api/send");
  await chat.text.press("Enter");
  const items = (await demo.api("GET", `/api${path}/catalogue`)) as Schemas["ChatCatalogue"];
  const item = items.items.find((i) => i.label.marking === "NATO/MROD CONFIDENTIAL");
  expect(item?.xml).toContain("<securitylabel");
  expect((await sent).postDataJSON().draft.catalogueItem).toBe(item?.xml);
  await expect
    .poll(async () => (await said(demo, path)).filter((m) => m.mine).at(-1))
    .toMatchObject({ body: "Plan for tomorrow", state: "accepted", label: { marking: "NATO/MROD CONFIDENTIAL" } });
});

test("while the chat server is away the page says so; what is sent waits, and leaves when it is back", async ({
  page,
  own,
}) => {
  test.slow();
  const chat = new ChatModel(page);
  await stands(own, "online");
  const path = await talk(own, olena);
  await page.goto(`${own.origin}${path}`);
  await chat.choose("RESTRICTED");
  await own.chatAway("gbr");
  await expect(chat.composer).toContainText(/^.*Not connected.*what you send waits here, and is checked again/, {
    timeout: 60_000,
  });
  await chat.text.fill("Are you there?");
  await chat.text.press("Enter");
  await expect(chat.text).toHaveValue("");
  const last = async () => (await said(own, path)).filter((m) => m.mine).at(-1);
  await expect
    .poll(last)
    .toMatchObject({ body: "Are you there?", state: expect.stringMatching(/^(queued|deferred)$/) });
  await own.chatAway();
  await expect.poll(last, { timeout: 90_000 }).toMatchObject({
    ...{ body: "Are you there?", state: "accepted", label: { marking: "NATO/MROD RESTRICTED" } },
  });
  await expect(chat.composer).not.toContainText("Not connected");
});

test("somebody who is not cleared comes into the room: the banner says so, and Send is stopped while he is inside", async ({
  page,
  demo,
  watch,
}) => {
  watch.expected.push(/status of 409/); // the refusal itself
  try {
    const chat = new ChatModel(page);
    await page.goto(await enter(demo, own));
    await chat.choose("SECRET");
    await chat.text.fill("Convoy leaves at 1500Z");
    await expect(chat.sum()).toHaveText("The recipient may get this");
    const alarm = page.getByRole("alert", { name: "Who came in" });
    await expect(alarm).toBeEmpty();
    await demo.visitor("in");
    await expect(alarm).toContainText(/\(GBR\) entered and is not cleared for NATO\/MROD SECRET\./);
    await expect(chat.sum()).toHaveText("The recipient may not get this");
    await chat.text.press("Enter");
    await expect(chat.stopped).toBeVisible();
    await expect(chat.stopped.getByRole("button", { name: "Back to the draft" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(chat.text).toHaveValue("Convoy leaves at 1500Z");
    await demo.visitor("out");
    await expect(alarm).toContainText("was here");
    await expect(chat.sum()).toHaveText("The recipient may get this");
    await chat.text.press("Enter");
    await expect(chat.row("Convoy leaves at 1500Z").last()).toBeVisible();
    await expect(chat.text).toHaveValue("");
  } finally {
    await demo.visitor("out");
  }
});

test("without a label Enter opens the picker, and sends nothing", async ({ page, demo }) => {
  const chat = new ChatModel(page);
  const path = await talk(demo, "andrii.lysak@chat.ukr.example");
  await page.goto(path);
  await chat.text.fill("Where?");
  await expect(chat.composer).toContainText("First choose a label.");
  await expect(chat.send).toBeDisabled();
  await chat.text.press("Enter");
  await expect(page.getByRole("region", { name: "Label" })).toBeVisible();
  expect((await said(demo, path)).filter((m) => m.mine)).toEqual([]);
});

test("unsent text survives a reload and other pages, and a text taken back leaves no draft", async ({ page, demo }) => {
  const chat = new ChatModel(page);
  const path = await talk(demo, olena);
  await page.goto(path);
  await chat.choose("RESTRICTED");
  await chat.text.fill("Half a sentence");
  await expect(page.getByText(/^Saved \d\d:\d\dZ$/)).toBeVisible();
  await page.reload();
  await expect(chat.text).toHaveValue("Half a sentence");
  await expect(chat.marking).toHaveText("NATO/MROD RESTRICTED");

  await chat.text.press("End");
  await chat.text.pressSequentially(", and more"); // and away at once, before it is saved
  await page.getByRole("link", { name: "Drafts" }).click();
  await expect(page.getByText("Half a sentence, and more")).toBeVisible();
  // From the list of drafts the way leads to the conversation.
  await page.getByText("Half a sentence, and more").click();
  await expect(page).toHaveURL(new RegExp(path));
  await expect(chat.text).toHaveValue("Half a sentence, and more");

  await chat.text.fill("");
  await expect(page.getByText(/^Saved \d\d:\d\dZ$/)).toBeVisible();
  await page.getByRole("link", { name: "Drafts" }).click();
  await expect.poll(async () => (await drafts(demo)).length).toBe(0);
});

test("Shift+Enter begins a line, and Enter that ends a composition sends nothing", async ({ page, demo }) => {
  const chat = new ChatModel(page);
  const path = await talk(demo, olena);
  await page.goto(path);
  await chat.choose("RESTRICTED");
  await chat.text.fill("One");
  await chat.text.press("Shift+Enter");
  await chat.text.pressSequentially("two");
  await expect(chat.text).toHaveValue("One\ntwo");
  const mine = async () => (await said(demo, path)).filter((m) => m.mine); // she may just be answering what was sent before
  const before = (await mine()).length;
  await chat.text.evaluate((field) => {
    const key = { key: "Enter", isComposing: true, bubbles: true, cancelable: true };
    field.dispatchEvent(new KeyboardEvent("keydown", key));
  });
  await expect(chat.text).toHaveValue("One\ntwo");
  expect((await mine()).length).toBe(before);
  await chat.text.press("Control+Enter");
  await expect(chat.text).toHaveValue("");
  await expect.poll(async () => (await mine()).at(-1)?.body).toBe("One\ntwo");
});

test("the last own message is corrected under its label, and Escape leaves it as it was", async ({ page, demo }) => {
  const chat = new ChatModel(page);
  const path = await talk(demo, olena);
  await page.goto(path);
  await chat.choose("SECRET");
  await chat.text.fill("Convoy at 1500Z");
  await chat.text.press("Enter");
  await expect(chat.text).toHaveValue("");
  await chat.text.fill("Not yet said");
  // Its own, once it was taken: until then the one before it can be corrected.
  const correct = page
    .getByRole("article")
    .filter({ hasText: "Convoy at 1500Z" })
    .getByRole("button", { name: "Correct" });
  await correct.click();
  await expect(chat.text).toHaveValue("Convoy at 1500Z");
  await expect(chat.text).toBeFocused();
  await expect(chat.composer.getByRole("button", { name: "Change label" })).toBeDisabled();
  await chat.text.press("Escape");
  await expect(chat.text).toHaveValue("Not yet said");

  await correct.click();
  await expect(chat.text).toHaveValue("Convoy at 1500Z");
  await chat.text.fill("Convoy at 1600Z");
  await chat.text.press("Enter");
  await expect(chat.text).toHaveValue("Not yet said"); // what was begun before is there again
  await expect
    .poll(async () => (await said(demo, path)).filter((m) => m.mine).at(-1))
    .toMatchObject({ body: "Convoy at 1600Z", label: { marking: "NATO/MROD SECRET" } });
});

test("the verdict turns when somebody enters who is not cleared, and back when he leaves", async ({
  page,
  demo,
  watch,
}) => {
  watch.expected.push(/status of 409/); // the refusal itself
  test.slow(); // a second program is started
  const chat = new ChatModel(page);
  await page.goto(await enter(demo, own));
  await chat.choose("SECRET");
  await chat.text.fill("While I write");
  await expect(chat.sum()).toHaveText("The recipient may get this");
  const other = await startSecond(demo, "deu"); // to DEU no link carries SECRET
  try {
    const there = await enter(other, own);
    await expect(chat.sum()).toHaveText("The recipient may not get this");
    await expect(chat.send).toHaveText("Check again and send");
    await chat.text.press("Enter");
    await expect(chat.stopped.getByRole("button", { name: "Back to the draft" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(chat.text).toHaveValue("While I write");
    await other.api("POST", `/api${there}/leave`);
    await expect(chat.sum()).toHaveText("The recipient may get this");
  } finally {
    await other.stop();
  }
});

test("two users in two browsers talk in a room under a label", async ({ page, demo, browser }) => {
  test.slow();
  const second = await startSecond(demo);
  const context = await browser.newContext({ baseURL: second.origin });
  try {
    await context.addCookies([await second.cookie()]);
    const far = await context.newPage();
    const [here, there] = [new ChatModel(page), new ChatModel(far)];
    await page.goto(await enter(demo, operations));
    await far.goto(await enter(second, operations));
    await here.choose("SECRET");
    await here.text.fill("Sunray, this is two");
    await here.text.press("Enter");
    const heard = far.getByRole("article").filter({ hasText: "Sunray, this is two" }).last();
    await expect(heard).toContainText("NATO/MROD SECRET");
    await expect(heard).not.toContainText("assumed"); // the message's own label
    const path = new URL(far.url()).pathname;
    await expect
      .poll(async () => (await said(second, path)).find((m) => m.body === "Sunray, this is two"))
      .toMatchObject({
        mine: false,
        label: { state: "labelled", marking: "NATO/MROD SECRET", classification: "SECRET" },
      });
    await expect(far.getByRole("note", { name: "Marking of this room" })).toContainText("NATO/MROD SECRET");
    await there.choose("SECRET");
    await there.text.fill("Two, go ahead");
    await there.text.press("Enter");
    await expect(here.row("Two, go ahead").last()).toBeVisible();
    await expect(there.marking).toHaveText("NATO/MROD SECRET");
  } finally {
    await context.close();
    await second.stop();
  }
});
