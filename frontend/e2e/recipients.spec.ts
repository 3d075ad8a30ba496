import type { Page } from "@playwright/test";
import { expect, openDraft, people, restricted, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

const atomal = { ...secret, categories: { ...secret.categories, "Special Category Designators": ["ATOMAL"] } };
const list = "planning-list@ukr.example";

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((t) => {
    const data = new DataTransfer();
    data.setData("text/plain", t);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, text);
}

test.describe("a chip", () => {
  test("says nation, name, kind and outcome in words, and the reason on focus", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { action: [people.gbr, people.deu, list], body: "x", label: secret }));
    await expect(draft.sum()).toContainText("may not get this");
    await expect(draft.chip(".*Llewellyn")).toHaveAccessibleName(/^GBR .*Llewellyn.*: Cleared$/);
    await expect(draft.chip(".*Krüger")).toHaveAccessibleName(/^DEU .*Krüger.*: Not cleared$/);
    const group = page.getByRole("button", { name: /^UKR .*List.*:/ });
    await expect(group).toContainText("List");
    await draft.chip(".*Krüger").focus();
    await expect(page.getByRole("tooltip")).toContainText("The link GBR-DEU does not carry SECRET.");
  });

  test("can be moved between Action and Info by a key, by its menu and by hand, and that can be taken back", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { action: [people.gbr, people.ukr], body: "x", label: secret });
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("All 2 may get this");
    const lists = async () => {
      const { action = [], info = [] } = (await stored(demo, path)).content;
      return [action, info];
    };
    await draft.chip(".*Llewellyn").press("m");
    await expect.poll(lists).toEqual([[people.ukr], [people.gbr]]);
    const info = page.getByRole("group", { name: "Cc (info)" });
    await expect(info.getByRole("button", { name: /Llewellyn.*:/ })).toBeVisible();
    await page.keyboard.press("Control+z");
    await expect.poll(lists).toEqual([[people.gbr, people.ukr], []]);

    await draft.chip(".*Llewellyn").click();
    await page.getByRole("menuitem", { name: /^Move to Cc \(info\)/ }).click();
    await expect.poll(lists).toEqual([[people.ukr], [people.gbr]]);
    await draft.chip(".*Llewellyn").dragTo(page.getByRole("group", { name: "To (action)" }));
    await expect.poll(lists).toEqual([[people.ukr, people.gbr], []]);
    await draft.chip(".*Llewellyn").dragTo(page.getByRole("button", { name: "Add Cc (info)" }));
    await expect.poll(lists).toEqual([[people.ukr], [people.gbr]]);
  });
});

test.describe("completion says who may get the label", () => {
  test("and what is missing (RULES 19: never what is held)", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { body: "x", label: secret }));
    await draft.to.fill("krueger juergen");
    const row = page.getByRole("option", { name: /Krüger/ }).first();
    await expect(row).toContainText(/not cleared for this label: .*SECRET/);
    await expect(row).not.toContainText(/RESTRICTED|ATOMAL|BOHEMIA/);
    await draft.to.fill("llewellyn sian");
    await expect(page.getByRole("option", { name: /Llewellyn.*Cleared/ }).first()).toBeVisible();
    await expect(page.getByText(/not cleared for this label/)).toBeHidden();
  });

  test("but not of a label that the asker's own clearance does not permit, and then is asked without it", async ({
    page,
    demo,
    watch,
  }) => {
    watch.expected.push(/status of 403/); // the refusal itself
    const draft = new DraftModel(page);
    const asked: string[] = [];
    await openDraft(page, await storeDraft(demo, { body: "x", label: secret }));
    await page.route("**/api/book/search*", async (r) => {
      asked.push(r.request().url());
      if (!r.request().url().includes("reasons=")) return r.continue();
      const body = JSON.stringify({ title: "Forbidden", status: 403, code: "user-own-clearance", detail: "" });
      return r.fulfill({ status: 403, contentType: "application/problem+json", body });
    });
    await draft.to.fill("krueger juergen");
    await expect(page.getByRole("option", { name: /Krüger/ }).first()).toBeVisible();
    const first = asked.length;
    await draft.to.fill("llewellyn sian");
    await expect(page.getByRole("option", { name: /Llewellyn/ }).first()).toBeVisible();
    expect(asked.slice(first).filter((u) => u.includes("reasons="))).toEqual([]);
  });
});

test("pasted addresses become chips, and those who are there already are told", async ({ page, demo }) => {
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, { action: [people.gbr], body: "x", label: secret }));
  await draft.to.focus();
  await paste(page, `"Kovalchuk, Olena" <${people.ukr}>; ${people.deu}, ${people.gbr.toUpperCase()}\n${people.deu}`);
  await expect(page.getByRole("list", { name: "3 recipients" })).toBeVisible();
  await expect(page.getByText(/^2 were already there, not added again: /)).toBeVisible();
  await expect(draft.sum()).toHaveText("1 of 3 may not get this");
});

test("a group is opened in place: its members are shown below, put in its place, and taken back", async ({
  page,
  demo,
}) => {
  const draft = new DraftModel(page);
  const path = await storeDraft(demo, { action: [people.gbr, list, people.deu], body: "x", label: restricted });
  await openDraft(page, path);
  const chip = page.getByRole("button", { name: /^UKR .*List.*:/ });
  await chip.click();
  await page.getByRole("menuitem", { name: "Show who is in it" }).click();
  const opened = page.getByRole("region", { name: /^Who is in / });
  await expect(opened.getByRole("listitem").nth(1)).toBeVisible();
  await opened.getByRole("button", { name: /^Put / }).click();
  await expect(chip).toBeHidden();
  const members = async () => (await stored(demo, path)).content.action ?? [];
  await expect.poll(async () => (await members()).length).toBeGreaterThan(3);
  const now = await members();
  expect([now[0], now.at(-1)]).toEqual([people.gbr, people.deu]); // they stand where the list stood
  expect(now).not.toContain(list);
  await draft.to.press("Control+z");
  await expect.poll(members).toEqual([people.gbr, list, people.deu]);
});

test("who may not get it stands in the panel with what is needed, and their chip says the same", async ({
  page,
  demo,
}) => {
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, { action: [people.ukrNoATOMAL, people.gbr], body: "x", label: atomal }));
  await expect(draft.sum()).toContainText("may not get this");
  await expect(draft.check.getByRole("region", { name: "May not get it" })).toContainText("Needs ATOMAL");
  await expect(page.getByRole("button", { name: /^UKR .*: Not cleared$/ })).toHaveAttribute("title", /Needs ATOMAL/);
});
