import type { components } from "../src/api/schema";
import { expect, people, test } from "./fixtures";

type Schemas = components["schemas"];

test("live results take their places without moving the row under the cursor", async ({ page, demo }) => {
  const { hits } = (await demo.api("GET", "/api/book/search?text=j3&limit=1000")) as Schemas["SearchDocument"];
  const late = hits.slice(0, 5).map((h) => h.id); // the first of the book come last, by the directory
  let answer: () => void = () => undefined;
  const held = new Promise<void>((done) => {
    answer = done;
  });
  await page.route(/\/api\/book\/search.*text=j3/, async (r) => {
    const isLive = /scope=(typing|enter|all)/.test(r.request().url());
    if (isLive) await held;
    const got = await r.fetch();
    const json = (await got.json()) as Schemas["SearchDocument"];
    await r.fulfill({
      response: got,
      json: isLive ? json : { ...json, hits: json.hits.filter((h) => !late.includes(h.id)) },
    });
  });
  await page.goto("/book");
  await page.getByRole("searchbox").fill("j3");
  await expect(page.getByRole("row").nth(1)).toContainText(hits[5]?.address ?? "?"); // and not what stood there before
  await expect(page.getByRole("row").nth(10)).toBeVisible();
  await page.getByRole("searchbox").press("ArrowDown");
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowDown");
  const marked = page.locator("[data-cursor]");
  const before = { text: await marked.textContent(), box: await marked.boundingBox() };
  const rows = Number(await page.getByRole("grid").getAttribute("aria-rowcount"));
  answer();
  await expect
    .poll(async () => Number(await page.getByRole("grid").getAttribute("aria-rowcount")))
    .toBeGreaterThan(rows);
  expect(await marked.textContent()).toBe(before.text);
  expect((await marked.boundingBox())?.y).toBe(before.box?.y);
});

test("each nation's state is in the strip: live, from the copy", async ({ page }) => {
  await page.goto("/book");
  await page.getByRole("searchbox").fill("kovalchuk");
  await page.getByRole("button", { name: "Ask the directories now" }).first().click();
  const strip = page.getByRole("list", { name: "How the directories stand" });
  await expect(strip.getByText("live")).toHaveCount(4);
});

test("those who may receive a label are found by it, and narrowed to a unit", async ({ page }) => {
  await page.goto("/book");
  await page.getByRole("searchbox").fill("melnyk iryna");
  await expect(page.getByRole("row", { name: new RegExp(people.ukrRestricted) })).toBeVisible();
  await page.getByRole("button", { name: "May receive a label" }).click();
  await page.getByRole("radio", { name: "SECRET", exact: true }).check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row", { name: new RegExp(people.ukrRestricted) })).toHaveCount(0);
  await page.getByRole("button", { name: "No filters" }).click();
  await expect(page.getByRole("row", { name: new RegExp(people.ukrRestricted) })).toBeVisible();
  await page.getByRole("searchbox").fill("");
  await page.getByRole("combobox", { name: "Organisation" }).fill("j3");
  await page.getByRole("listbox").getByRole("option").first().click();
  await expect(page.getByRole("row").nth(1)).toContainText("J3");
});

test("marked entries become recipients of one draft", async ({ page }) => {
  await page.goto("/book");
  await page.getByRole("searchbox").fill("j3");
  for (const i of [1, 2, 3]) await expect(page.getByRole("row").nth(i)).toContainText("J3");
  await page.getByRole("searchbox").press("ArrowDown");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "New draft to 2" }).click();
  await expect(page.getByRole("list", { name: "2 recipients" })).toBeVisible();
});

test("vCards are saved as one file", async ({ page }) => {
  await page.goto("/book");
  await page.getByRole("searchbox").fill("kovalchuk");
  await page
    .getByRole("row", { name: /kovalchuk@/ })
    .first()
    .click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the vCard" }).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe("contacts.vcf");
  const { readFile } = await import("node:fs/promises");
  expect(await readFile(await file.path(), "utf8")).toMatch(/^BEGIN:VCARD\r?\nVERSION:4\.0/);
});
