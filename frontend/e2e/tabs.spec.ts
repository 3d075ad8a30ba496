import type { Page } from "@playwright/test";
import { drafts, expect, messages, openDraft, people, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

const content = { action: [people.gbr, people.ukr], subject: "Two tabs", body: "First.", label: secret };

/** two opens a draft in two tabs of one browser. */
async function two(page: Page, path: string): Promise<{ one: DraftModel; other: DraftModel }> {
  const second = await page.context().newPage();
  await openDraft(page, path);
  await openDraft(second, path);
  const tabs = { one: new DraftModel(page), other: new DraftModel(second) };
  await expect(tabs.one.sum()).toHaveText("All 2 may get this");
  await expect(tabs.other.sum()).toHaveText("All 2 may get this");
  return tabs;
}

/** holdSaves keeps what a tab saves on its way until it is let go. */
async function holdSaves(page: Page): Promise<() => void> {
  let letGo = () => {};
  const free = new Promise<void>((done) => {
    letGo = done;
  });
  await page.route("**/api/drafts/*", async (route) => {
    if (route.request().method() === "PUT") await free;
    await route.continue();
  });
  return letGo;
}

/** meet keeps the first save of each tab, with which Send begins, until all have come: then they go at the same instant. */
async function meet(pages: Page[]): Promise<void> {
  let left = pages.length;
  let letGo = () => {};
  const all = new Promise<void>((done) => {
    letGo = done;
  });
  for (const page of pages) {
    await page.route("**/api/drafts/*", async (route) => {
      if (route.request().method() === "PUT") {
        if (--left === 0) letGo();
        await all;
      }
      await route.continue();
    });
  }
}

const conflict = (d: DraftModel) => d.page.getByRole("alert").filter({ hasText: "in another tab" });

test.describe("one draft in two tabs", () => {
  test.beforeEach(({ watch }) => {
    watch.expected.push(/status of (404|409)/); // what the program says to the tab that comes second
  });

  test("the other follows, as long as nothing was typed there", async ({ page, demo }) => {
    const { one, other } = await two(page, await storeDraft(demo, content));
    const saves: string[] = [];
    page.context().on("request", (r) => {
      if (r.method() === "PUT") saves.push(r.url());
    });
    await one.text.fill("First. Second.");
    await expect(other.text).toHaveValue("First. Second.");
    await page.waitForTimeout(1500);
    expect(saves).toHaveLength(1); // whoever follows has nothing to save, else the two would go on for ever
    await other.subject.fill("Both tabs");
    await expect(one.subject).toHaveValue("Both tabs");
    await one.chip(".*Ковальчук").press("Delete");
    await expect(other.chip(".*Ковальчук")).toHaveCount(0);
    await expect(other.sum()).toHaveText("The recipient may get this");
    await one.to.pressSequentially("krü");
    await expect(other.to).toHaveValue("krü");
    await one.to.fill("");
    await expect(other.to).toHaveValue("");
    await expect(conflict(one)).toHaveCount(0);
    await expect(conflict(other)).toHaveCount(0);
  });

  test("both typed: what is here can be kept, and the other tab follows", async ({ page, demo }) => {
    const path = await storeDraft(demo, content);
    const { one, other } = await two(page, path);
    const letGo = await holdSaves(other.page);
    await other.text.fill("Typed in the other.");
    await one.text.fill("Typed in the one.");
    await expect(one.saved).toBeVisible();
    letGo();
    await expect(conflict(other)).toContainText("This draft was changed in another tab");
    await expect(conflict(other)).toContainText("What you typed here is still on this page. Choose which to keep.");
    await expect(other.text).toHaveValue("Typed in the other.");
    expect((await stored(demo, path)).content.body).toBe("Typed in the one.");

    await other.page.getByRole("button", { name: "Keep what is here" }).click();
    await expect(conflict(other)).toHaveCount(0);
    await expect(other.saved).toBeVisible();
    await expect(one.text).toHaveValue("Typed in the other.");
    expect((await stored(demo, path)).content.body).toBe("Typed in the other.");
  });

  test("both typed: the other can be shown, and typing goes on from there", async ({ page, demo }) => {
    const path = await storeDraft(demo, content);
    const { one, other } = await two(page, path);
    const letGo = await holdSaves(other.page);
    await other.text.fill("Typed in the other.");
    await one.text.fill("Typed in the one.");
    await expect(one.saved).toBeVisible();
    letGo();
    await other.text.press("Control+End");
    await other.text.pressSequentially(" More."); // typed on under the notice: nothing overwrites the one tab
    await expect(conflict(other)).toBeVisible();
    expect((await stored(demo, path)).content.body).toBe("Typed in the one.");
    await other.page.getByRole("button", { name: "Show the other" }).click();
    await expect(other.text).toHaveValue("Typed in the one.");
    await expect(conflict(other)).toHaveCount(0);
    await other.text.press("Control+End");
    await other.text.pressSequentially(" Then here.");
    await expect(one.text).toHaveValue("Typed in the one. Then here.");
  });

  test("sent in one while open in the other: the other says so", async ({ page, demo }) => {
    const { one, other } = await two(page, await storeDraft(demo, content));
    await one.send.click();
    await expect(one.page).toHaveURL(/\/sent\//);
    await expect(other.page.getByRole("heading", { name: "This draft is no longer there" })).toBeVisible();
    await expect(other.page.getByText("It was sent or deleted. What was sent is under Sent.")).toBeVisible();
    await other.page.getByRole("link", { name: "To Sent" }).click();
    await expect(other.page.getByRole("row").nth(1)).toContainText("Two tabs");
  });

  test("sent in one while something is typed in the other: it can be kept as a new draft", async ({ page, demo }) => {
    const before = (await messages(demo)).length;
    const { one, other } = await two(page, await storeDraft(demo, content));
    const letGo = await holdSaves(other.page);
    await other.text.fill("Not in what was sent.");
    await one.send.click();
    await expect(one.page).toHaveURL(/\/sent\//);
    letGo();
    await expect(conflict(other)).toContainText("This draft was sent or deleted in another tab");
    await expect(other.text).toHaveValue("Not in what was sent.");
    await other.page.getByRole("button", { name: "Keep what is here as a new draft" }).click();
    await expect(conflict(other)).toHaveCount(0);
    await expect(other.text).toHaveValue("Not in what was sent.");
    expect((await drafts(demo)).map((d) => d.excerpt)).toEqual(["Not in what was sent."]);
    expect((await messages(demo)).length).toBe(before + 1);
  });

  test("deleted in one while something is typed in the other: it can be discarded", async ({ page, demo }) => {
    const path = await storeDraft(demo, content);
    const { one, other } = await two(page, path);
    const letGo = await holdSaves(other.page);
    await other.text.fill("Nobody wants this.");
    await one.page.getByRole("link", { name: "Drafts", exact: true }).click();
    await one.page.getByRole("button", { name: "Delete the draft “Two tabs”" }).click();
    await expect(one.page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    letGo();
    await other.page.getByRole("button", { name: "Discard what is here" }).click();
    await expect(other.page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    expect(await drafts(demo)).toEqual([]);
  });

  for (const how of ["the button", "the keyboard"]) {
    test(`sent in both at the same instant, by ${how}: it leaves once`, async ({ page, demo }) => {
      const before = (await messages(demo)).length;
      const { one, other } = await two(page, await storeDraft(demo, content));
      await meet([page, other.page]);
      const press = (d: DraftModel) => (how === "the button" ? d.send.click() : d.text.press("Control+Enter"));
      await Promise.all([press(one), press(other)]);
      // One sends; the other is told, and nothing is under way there either.
      const urls = () => [one, other].map((d) => new URL(d.page.url()).pathname.split("/")[1]).sort();
      await expect.poll(urls).toEqual(["draft", "sent"]);
      await expect(conflict(page.url().includes("/sent/") ? other : one)).toBeVisible();
      await expect(page.getByText("Asking the directories again…")).toHaveCount(0);
      await expect(other.page.getByText("Asking the directories again…")).toHaveCount(0);
      expect((await messages(demo)).length).toBe(before + 1);
      expect(await drafts(demo)).toEqual([]);
    });
  }

  test("asked to send twice at once, the program queues it once", async ({ demo }) => {
    const before = (await messages(demo)).length;
    const path = await storeDraft(demo, content);
    const draft = { channel: "mail", ...content };
    const body = { draft, stored: { id: path.split("/").at(-1), version: (await stored(demo, path)).version } };
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => demo.api("POST", "/api/send", body)));
    expect(all.filter((a) => a.status === "fulfilled")).toHaveLength(1);
    expect((await messages(demo)).length).toBe(before + 1);
  });

  test("how the link stands is told to a tab that does not ask itself", async ({ page, own, watch }) => {
    watch.expected.push(/net::ERR_/, /status of 401/);
    const { one, other } = await two(page, own.origin + (await storeDraft(own, content)));
    await own.kill();
    for (const d of [one, other]) await expect(d.page.getByRole("alert").filter({ hasText: "Since" })).toBeVisible();
    await own.again();
    await (await page.context().newPage()).goto(own.link);
    for (const d of [one, other]) {
      await expect(d.page.getByRole("alert").filter({ hasText: "Since" })).toBeHidden();
    }
    await one.page.close(); // whichever of them asked, the other goes on
    await other.text.fill("Goes on.");
    await expect(other.saved).toBeVisible();
  });
});
