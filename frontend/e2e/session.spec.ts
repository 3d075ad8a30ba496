import { expect, people, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";

/** Every address that the page loaded anything from, as the browser itself keeps the account. */
const loaded = () => performance.getEntriesByType("resource").map((r) => new URL(r.name).origin);

test("a whole session, through every page and state, asks nobody but the program", async ({ page, demo, watch }) => {
  test.slow();
  watch.expected.push(/status of 409/); // the block at Send
  const draft = new DraftModel(page);
  const origins = new Set<string>();
  const account = async () => {
    for (const o of await page.evaluate(loaded)) origins.add(o);
  };
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();

  await test.step("a draft, with completion, the directories asked, the label, the check", async () => {
    await page.keyboard.press("c");
    await draft.to.fill("ковальчук");
    await expect(page.getByRole("option").first()).toContainText("Ковальчук");
    await page.getByRole("option", { name: "Ask all nations’ directories now" }).click();
    await expect(page.getByRole("option", { name: "Ask all nations’ directories now" })).toBeVisible();
    await page
      .getByRole("option", { name: /Олена Ковальчук/ })
      .first()
      .click();
    await draft.add("krüger jürgen", /Jürgen Krüger/);
    await draft.to.fill("nobody@elsewhere.example");
    await page.getByRole("option", { name: /^Use the address/ }).click();
    await page.getByRole("button", { name: "Add Cc (info)" }).click();
    await page.getByRole("combobox", { name: "Cc (info)" }).fill("planning list");
    await page
      .getByRole("option", { name: /Planning/ })
      .first()
      .click();
    await draft.label("SECRET");
    await draft.subject.fill("A whole session");
    await draft.text.fill("Grid follows: https://elsewhere.example/map.png");
    await expect(draft.sum()).toContainText("may not get this");
    for (const why of await draft.check.getByText("Why, and from where").filter({ visible: true }).all()) {
      await why.click();
    }
    await account();
  });

  await test.step("the block, and sending without those whom it stops", async () => {
    await draft.send.click();
    await expect(draft.stopped.getByRole("button", { name: "Back to the draft" })).toBeFocused();
    await page.keyboard.press("Enter");
    await draft.check.getByRole("button", { name: /^Leave out/ }).click();
    await expect(draft.sum()).toHaveText(/may get this$/);
    await draft.send.click();
    await expect(page).toHaveURL(/\/sent\//);
    await account();
  });

  await test.step("what was sent, its evidence, and a copy of it", async () => {
    await expect(page.getByRole("heading", { name: "A whole session" })).toBeVisible();
    await expect(page.getByRole("article").getByText("Accepted").first()).toBeVisible();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save a copy (.eml)" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/\.eml$/);
    expect(new URL(file.url()).origin).toBe(demo.origin);
    await page.getByRole("button", { name: "Back to the list" }).click();
    await expect(page.getByRole("row").nth(1)).toBeVisible();
    await account();
  });

  await test.step("the book: search, the directories asked, an entry, a list and its members", async () => {
    await Promise.all(["g", "b"].map((k) => page.keyboard.press(k))); // within a second, whatever the machine does
    await page.getByRole("searchbox").fill("kovalchuk");
    await page.getByRole("button", { name: "Ask the directories now" }).first().click();
    await expect(page.getByText(/All 4 directories answered at/)).toBeVisible();
    await page.getByRole("searchbox").fill("ковальчук олена");
    await page.getByRole("row", { name: /Олена/ }).first().click();
    await expect(page.getByRole("button", { name: /^Write to/ })).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("searchbox").fill("");
    await page.getByRole("combobox", { name: "Kind" }).selectOption("list");
    await page.getByRole("row", { name: /list@/ }).first().click(); // not one of those from before
    await expect(page.getByRole("heading", { name: /^Members/ })).toBeVisible();
    await page.getByRole("article").getByRole("listitem").getByRole("link").first().click();
    await expect(page.getByRole("button", { name: /^Write to/ })).toBeVisible();
    await page.getByRole("button", { name: /^Write to/ }).click();
    await expect(draft.to).toBeVisible();
    await account();
  });

  await test.step("settings, directories, help, a page that is none, French and dark", async () => {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("Dark", { exact: true }).click();
    await page.getByText("Français").click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "4 annuaires lus" }).click();
    await page.getByRole("button", { name: "Lire maintenant" }).click();
    await expect(page.getByRole("button", { name: "Lire maintenant" })).toBeEnabled();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Brouillons", exact: true }).click();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Raccourcis clavier" })).toBeVisible();
    await page.keyboard.press("Escape");
    await account();
    await page.goto("/nowhere");
    await page.goto(await storeDraft(demo, { subject: "x", body: `<img src="https://elsewhere.example/x.png">` }));
    await page.goto(`/book/${encodeURIComponent(people.ukrNone)}`);
    await expect(page.getByRole("article")).toBeVisible();
    await account();
  });

  expect(watch.requests).toBeGreaterThan(50);
  expect(watch.foreign).toEqual([]); // and the fixture says so of every test
  expect([...origins]).toEqual([demo.origin]);
});
