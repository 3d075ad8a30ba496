import { readFile } from "node:fs/promises";
import type { components } from "../src/api/schema";
import type { Inbox } from "../src/api/types";
import { expect, holdAnnouncements, people, restricted, stored, test } from "./fixtures";
import { answer, many } from "./inbox-made";
import { DraftModel } from "./models/draft";
import { firstMail, openInbox, openMail } from "./states-inbox";

type Schemas = components["schemas"];

/** Of the one that is above the user's clearance (backend/demo/firstmail.go). */
const hidden = { subject: "For the commander", text: "Not for this inbox." };

test("the inbox with the keyboard alone: read one after the other, answered under its label", async ({ page, own }) => {
  const keys = page.keyboard;
  await page.goto(own.origin);
  await expect(page.getByRole("link", { name: /^Inbox/ })).toBeVisible();
  await Promise.all(["g", "i"].map((k) => keys.press(k))); // within a second, whatever the machine does
  const grid = page.getByRole("grid", { name: "Received messages" });
  await expect(grid.getByRole("row", { name: firstMail.flash })).toBeVisible();

  await grid.focus();
  await keys.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: firstMail.flash })).toBeFocused();
  await expect(page.getByRole("note", { name: /^Marking of this message: NATO\/MROD SECRET/ })).toHaveCount(2);
  await keys.press("j");
  await expect(page.getByRole("heading", { level: 1, name: firstMail.only })).toBeFocused();
  await keys.press("k");
  await expect(page.getByRole("heading", { level: 1, name: firstMail.flash })).toBeFocused();
  await keys.press("Escape");
  await expect(grid).toBeFocused();
  await keys.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: firstMail.flash })).toBeFocused();

  await keys.press("r");
  const draft = new DraftModel(page);
  await expect(draft.subject).toHaveValue(`Re: ${firstMail.flash}`);
  await expect(page.getByRole("textbox", { name: "Text" })).toBeFocused(); // where one writes
  await expect(draft.marking).toContainText("SECRET");
  const { content } = await stored(own, page.url());
  expect(content.action).toEqual([people.ukr]);
  expect(content.inherited).toBeTruthy(); // RULES 1: it cannot be made less restrictive
  await expect(draft.sum()).toContainText("may get this");
});

// RULES 20.
test("what the reader's clearance does not permit is nowhere: not in the page, not in what the page is told", async ({
  page,
  demo,
}) => {
  const told: string[] = [];
  page.on("response", async (r) => {
    if (r.url().includes("/api/")) told.push(await r.text().catch(() => ""));
  });
  await openMail(page, "Withheld from you");
  await expect(page.getByRole("heading", { name: "You may not read this message" })).toBeVisible();
  await expect(page.getByRole("note", { name: /^Marking of this message: .*TOP SECRET/ })).toHaveCount(2);
  await expect(page.getByRole("article")).toContainText(people.gbr);
  await expect(page.getByRole("button", { name: "Reply" })).toHaveCount(0);
  await page.keyboard.press("r");
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/\/inbox\//);
  const { messages } = (await demo.api("GET", "/api/inbox?limit=500")) as Inbox;
  const all = `${await page.content()} ${told.join(" ")} ${JSON.stringify(messages)}`;
  for (const secret of Object.values(hidden)) expect(all).not.toContain(secret);
  const { output } = await demo.command("audit", "export");
  expect(output).toContain("withheld");
});

test("HTML is text, and nothing that it names is fetched", async ({ page, watch }) => {
  await openMail(page, firstMail.html);
  const text = page.getByRole("region", { name: "Text" });
  await expect(text).toContainText("Fog in the river valley until about 0900, then clear.");
  await expect(text).toContainText("It was written as HTML; this is its text.");
  await expect(text).toContainText("was not fetched");
  await expect(page.getByRole("article").locator("img, iframe, table")).toHaveCount(0);
  expect(watch.foreign).toEqual([]);
});

test("two labels are a fault: the message has no marking, and its answer no label", async ({ page, demo }) => {
  await openMail(page, firstMail.twoLabels);
  const said = page.getByRole("region", { name: "The label of this message cannot be relied on" });
  await expect(said).toContainText("It bears more than one label.");
  await expect(page.getByRole("note", { name: "Marking of this message: Label not reliable" })).toHaveCount(2);
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await expect(new DraftModel(page).subject).toHaveValue(`Re: ${firstMail.twoLabels}`);
  const { content } = await stored(demo, page.url());
  expect(content.label).toBeFalsy();
});

test("a default label is said to be assumed; without one there is none", async ({ page }) => {
  await openMail(page, firstMail.assumed);
  await expect(page.getByText("The marking is assumed.")).toBeVisible();
  await expect(page.getByRole("row", { name: firstMail.assumed })).toContainText("assumed");
  await page.getByRole("row", { name: firstMail.unlabelled }).click();
  await expect(page.getByText("The message came without a label.")).toBeVisible();
});

test("an answer that nobody touched leaves no draft; one that was written in stays", async ({ page, demo }) => {
  const drafts = async () => ((await demo.api("GET", "/api/drafts")) as Schemas["DraftSummary"][]).map((d) => d.id);
  const text = page.getByRole("textbox", { name: "Text" });
  await openMail(page, firstMail.html);
  await page.keyboard.press("r");
  await expect(text).toBeFocused();
  const left = page.url().split("/").at(-1) ?? "";
  expect(await drafts()).toContain(left);
  await page.goBack();
  await expect.poll(drafts).not.toContain(left);
  await expect(page.getByRole("heading", { level: 1, name: firstMail.html })).toBeVisible(); // then it hears the keys too

  await page.keyboard.press("r");
  await expect(text).toBeFocused();
  const kept = page.url().split("/").at(-1) ?? "";
  await page.keyboard.type("Understood. ");
  await expect(text).toHaveValue(/^Understood\. /); // above what is quoted
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: firstMail.html })).toBeVisible();
  expect(await drafts()).toContain(kept);
});

test("a label kept as a favourite does not go below what an answer inherits", async ({ page, demo }) => {
  await demo.api("PUT", "/api/label/favourites", { selection: restricted, favourite: true });
  await openMail(page, firstMail.flash);
  await page.keyboard.press("r");
  const draft = new DraftModel(page);
  await expect(page.getByRole("textbox", { name: "Text" })).toBeFocused();
  await page.getByRole("button", { name: "Change label" }).click();
  const low = page.getByRole("group", { name: "Favourites" }).getByRole("button", { name: /RESTRICTED/ });
  await expect(low).toHaveAttribute("aria-disabled", "true");
  await expect(low).toHaveAttribute("aria-description", /the message cannot be below it/);
  await low.click({ force: true }); // it stays in reach, and does nothing
  await expect(draft.marking).toContainText("SECRET");
});

test("a file has its own marking, and is saved as it came", async ({ page }) => {
  await openMail(page, firstMail.file);
  const files = page.getByRole("region", { name: "Attachments" });
  const row = files.getByRole("listitem").filter({ hasText: "load-list.csv" }).first();
  await expect(row).toContainText("CONFIDENTIAL");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    row.getByRole("link", { name: "load-list.csv" }).click(),
  ]);
  expect(await readFile(await download.path(), "utf8")).toContain("medical stores");
});

test("what was read is read everywhere; what comes in is told and joins the list by itself", async ({ page, own }) => {
  await holdAnnouncements(page);
  await page.goto(`${own.origin}/inbox`);
  const row = page.getByRole("row", { name: firstMail.flash });
  await expect(row).toContainText("Unread");
  await row.click();
  await expect(row).not.toContainText("Unread");
  const { messages } = (await own.api("GET", "/api/inbox")) as Inbox;
  expect(messages.find((m) => m.subject === firstMail.flash)?.seen).toBe(true);

  const draft = { channel: "mail", action: [people.user], subject: "To myself", body: "x", label: restricted };
  await own.api("POST", "/api/send", { draft });
  await expect(page.getByText("A message came in")).toBeVisible(); // the report on it is none
  const mine = page.getByRole("row", { name: "To myself" }).filter({ hasNotText: "Delivery report" });
  await expect(mine).toContainText("Unread");
  await expect(page.getByRole("heading", { level: 1, name: firstMail.flash })).toBeVisible(); // nobody is led away
});

test("a long inbox is read part by part as one goes down, and none is left out", async ({ page }) => {
  const all = many(250);
  await answer(page, all);
  await page.goto("/inbox");
  const grid = page.getByRole("grid", { name: "Received messages" });
  await expect(grid).toHaveAttribute("aria-rowcount", "251");
  await grid.focus();
  for (const last of ["Situation report 151", "Situation report 51", "Situation report 1"]) {
    // again while the next part is on its way: the end is that of what is here
    await expect(async () => {
      await page.keyboard.press("End");
      await expect(page.getByRole("row", { name: new RegExp(`${last}\\b`) })).toBeVisible({ timeout: 1000 });
    }).toPass();
  }
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${all.at(-1)?.id}$`));
});

test("of the unread ones, the one that is being read stays", async ({ page, own }) => {
  await page.goto(`${own.origin}/inbox`);
  await page.getByRole("checkbox", { name: "Unread only" }).check();
  await expect(page.getByRole("row", { name: firstMail.unlabelled })).toHaveCount(0); // it was read before
  await page.getByRole("row", { name: firstMail.flash }).click();
  await expect(page.getByRole("heading", { level: 1, name: firstMail.flash })).toBeVisible();
  await expect
    .poll(async () => ((await own.api("GET", "/api/inbox?unread=true")) as Inbox).messages.map((m) => m.subject))
    .not.toContain(firstMail.flash);
  await expect(page.getByRole("row", { name: firstMail.flash })).toBeVisible();
});

test("a copy of what was sent is told where it is", async ({ page, demo }) => {
  const draft = { channel: "mail", action: [people.gbr], subject: "With a copy", body: "x", label: restricted };
  const { message } = (await demo.api("POST", "/api/send", { draft })) as Schemas["Sent"];
  await page.goto(`/sent/${message}`);
  await expect(page.getByRole("article").getByText(/^In the mailbox/)).toBeVisible();
});

test("what the far server reports of a message stands with its recipient", async ({ page, demo }) => {
  const draft = { channel: "mail", action: [people.ukr], subject: "Reported on", body: "x", label: restricted };
  const { message } = (await demo.api("POST", "/api/send", { draft })) as Schemas["Sent"];
  await page.goto(`/sent/${message}`);
  const recipient = page.getByRole("article").getByRole("listitem").filter({ hasText: people.ukr });
  await expect(recipient.getByText(/^Delivered/)).toBeVisible();
  await expect(recipient.getByText(/says .*ukr\.example/)).toBeVisible();
});

test("the inbox is at hand everywhere", async ({ page }) => {
  await openInbox(page);
  await page.goto("/book");
  await page.getByRole("link", { name: /^Inbox/ }).click();
  await expect(page.getByRole("grid", { name: "Received messages" })).toBeVisible();
});
