import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { areRead, gated } from "./faults";
import { enter, expect, openDraft, people, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

/** refuse makes the program answer an operation with a problem. */
async function refuse(page: Page, url: RegExp, status: number, code: string, detail: string): Promise<void> {
  await page.route(url, (route) =>
    route.fulfill({
      status,
      contentType: "application/problem+json",
      body: JSON.stringify({ title: "Problem", status, code, detail }),
    }),
  );
}

test.describe("where there is nothing, the page teaches the first step", () => {
  test("no drafts", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    await expect(page.getByText("A draft is kept as you type it, on this machine only.")).toBeVisible();
    await page.getByRole("button", { name: "New draft" }).click();
    await expect(new DraftModel(page).to).toBeFocused();
    await expect(page.getByText("No label yet. Choose one: without a label nothing is sent.")).toBeVisible();
    await expect(new DraftModel(page).sum()).toHaveText("Nobody to check yet");
    await expect(page.getByText("First add a recipient.")).toBeVisible();
  });

  test("a new draft that was left blank is not kept", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await draft.begin();
    await page.getByRole("link", { name: "Drafts", exact: true }).click();
    await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    expect(await demo.api("GET", "/api/drafts")).toEqual([]);
  });

  test("nothing sent", async ({ page, own }) => {
    await page.goto(`${own.origin}/sent`);
    await expect(page.getByRole("heading", { name: "Nothing has been sent yet" })).toBeVisible();
    await page.getByRole("main").getByRole("button", { name: "New draft" }).click();
    await expect(new DraftModel(page).to).toBeFocused();
  });

  test("an empty book: reading the directories is offered, and fills it", async ({ page, context, demo, watch }) => {
    const nations = ["GBR", "UKR", "AUS", "DEU"] as const;
    const { program, gates, stop } = await gated(demo, { hanging: [...nations] });
    await enter(context, watch, program);
    await page.goto(`${program.origin}/book`);
    await expect(page.getByRole("heading", { name: "The book is still empty" })).toBeVisible();
    await expect(page.getByText("Reading the nations’ directories fills it.")).toBeVisible();

    // The composer does not pretend to know anybody either, and the address itself can be used.
    const draft = new DraftModel(page);
    await openDraft(page, program.origin + (await storeDraft(program, { label: secret, body: "x" })));
    await draft.to.fill("olena");
    await expect(page.getByText("Nothing in the book begins like this.")).toBeVisible();
    await draft.to.fill(people.ukr);
    await page.getByRole("option", { name: `Use the address ${people.ukr}` }).click();
    await expect(draft.chip(people.ukr)).toBeVisible();

    // The program has tried by itself, in vain, and tries again only after minutes: nothing but the button fills the book.
    await areRead(program, [], nations);
    await page.goto(`${program.origin}/book`);
    for (const g of Object.values(gates)) await g.open();
    await page.getByRole("button", { name: "Read the directories" }).click();
    await expect(page.getByRole("row", { name: /@(gbr|ukr|aus|deu)\.example/ }).first()).toBeVisible();
    await expect(page.getByRole("heading", { name: "The book is still empty" })).toHaveCount(0);
    await page.close();
    await stop();
  });

  test("no match in the book: another way on is offered", async ({ page }) => {
    await page.goto("/book");
    await page.getByRole("searchbox").fill("zzzz");
    await expect(page.getByRole("heading", { name: "Nothing in the local copy matches “zzzz”" })).toBeVisible();
    await page.getByRole("main").getByRole("button", { name: "Ask the directories now" }).last().click();
    await expect(page.getByRole("heading", { name: "Nothing matches “zzzz”" })).toBeVisible();
  });

  test("an address that is none", async ({ page }) => {
    await page.goto("/nowhere");
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
    await page.getByRole("link", { name: "To the drafts" }).click();
    await expect(page).toHaveURL(/\/$/);
  });
});

test.describe("an installation or a policy that does not hold", () => {
  test.beforeEach(({ watch }) => {
    watch.expected.push(/status of (503|422)/);
  });

  test("the installation cannot be used: what happened, what it means, the details", async ({ page }) => {
    await refuse(page, /\/api\/installation/, 503, "server-installation", "installation.toml: line 7: unknown key");
    await page.goto("/");
    const said = page.getByRole("alert").filter({ hasText: "Caveat cannot start with this installation" });
    await expect(said).toContainText("Nothing can be drafted or sent until it is mended.");
    await expect(page.getByText("line 7: unknown key")).toBeHidden();
    await said.getByText("Details", { exact: true }).click();
    await expect(said).toContainText("installation.toml: line 7: unknown key");
    await expect(said.getByRole("button", { name: "Copy" })).toBeVisible();
    await page.unroute(/\/api\/installation/);
    await said.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
  });

  test("nothing can be asked at all, as in the window with a broken file: one state, and it goes on by itself", async ({
    page,
  }) => {
    await refuse(page, /\/api\//, 503, "server-installation", "installation.toml: line 7: unknown key");
    await page.goto("/");
    await expect(page.getByText("Caveat cannot start with this installation").first()).toBeVisible();
    await page.getByText("Details", { exact: true }).first().click();
    await expect(page.getByText("line 7: unknown key").first()).toBeVisible();
    await page.unroute(/\/api\//);
    await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    await expect(page.getByText("Caveat cannot start with this installation")).toHaveCount(0);
  });

  test("the label's policy is not known any more: the check says so, the draft stays", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { action: [people.gbr], subject: "Old policy", body: "Kept.", label: secret });
    await refuse(page, /\/api\/check/, 422, "user-unknown-policy", "the label names the policy OTHER");
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("Could not check");
    const said = draft.check.getByRole("alert");
    await expect(said).toContainText("The label's policy is not known here");
    await said.getByText("Details", { exact: true }).click();
    await expect(said).toContainText("the label names the policy OTHER");
    await expect(draft.send).toHaveText("Check again and send");
    await draft.text.fill("Kept, and changed.");
    await expect(draft.saved).toBeVisible();
    expect((await stored(demo, path)).content.body).toBe("Kept, and changed.");
    await page.unroute(/\/api\/check/);
    await said.getByRole("button", { name: "Try again" }).click();
    await expect(draft.sum()).toHaveText("The recipient may get this");
  });

  test("a draft is kept whose policy the administrator took away", async ({ page, context, demo, watch }) => {
    watch.expected.push(/net::ERR_/, /status of 4\d\d/);
    const { program, stop } = await gated(demo);
    const draft = new DraftModel(page);
    const path = await storeDraft(program, { action: [people.gbr], subject: "Old", body: "Kept.", label: secret });
    await program.stop(true);
    for (const name of ["installation.toml", "demo/policy.spif.xml"]) {
      const file = join(program.dir, name);
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replaceAll("'NATO'", "'OTHER'").replace('name="NATO"', 'name="OTHER"'));
    }
    await program.again();
    await enter(context, watch, program);
    await openDraft(page, program.origin + path);
    await expect(draft.text).toHaveValue("Kept.");
    await expect(draft.sum()).toHaveText("Could not check");
    await expect(draft.check.getByRole("alert")).toContainText('unknown policy: "NATO" (known: OTHER)');
    await draft.text.fill("Kept, and changed.");
    await expect(page.getByRole("alert").filter({ hasText: "Not saved" })).toBeVisible();
    // Labels of two policies cannot be held against each other, so it is said why (RULES 1).
    await draft.relabel("SECRET", "The policy was replaced");
    await expect(draft.saved).toBeVisible();
    expect((await stored(program, path)).content).toMatchObject({
      body: "Kept, and changed.",
      label: { policy: "OTHER" },
    });
    await page.close();
    await stop();
  });
});
