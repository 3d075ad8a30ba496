import {
  drafts,
  expect,
  holdAnnouncements,
  openDraft,
  people,
  restricted,
  secret,
  storeDraft,
  stored,
  test,
} from "./fixtures";
import { DraftModel } from "./models/draft";

const content = { action: [people.gbr, people.ukr, people.deu], subject: "Undo", body: "x", label: secret };

test.beforeEach(({ page }) => holdAnnouncements(page));

test.describe("one thing can always be taken back", () => {
  test("a recipient who was taken out, also several one after the other", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, content);
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
    await page.getByRole("button", { name: /^Remove .*Krüger/ }).click();
    await draft.chip(".*Llewellyn").press("Delete");
    await expect(draft.sum()).toHaveText("The recipient may get this");
    await page.keyboard.press("Control+z");
    await expect(draft.chip(".*Llewellyn")).toBeVisible();
    await page.keyboard.press("Control+z");
    await expect(draft.chip(".*Krüger")).toBeVisible();
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
    await expect.poll(async () => (await stored(demo, path)).content.action).toEqual(content.action);
  });

  test("a recipient whom Backspace took out of the empty field", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, content));
    await draft.to.press("Backspace");
    await expect(draft.chip(".*Krüger")).toHaveCount(0);
    await draft.to.press("Control+z");
    await expect(draft.chip(".*Krüger")).toBeVisible();
  });

  test("a label", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, content);
    await openDraft(page, path);
    await draft.relabel("RESTRICTED", "The grid was taken out");
    await expect(draft.marking).toHaveText("NATO/MROD RESTRICTED");
    await page.keyboard.press("Control+z");
    await expect(draft.marking).toHaveText("NATO/MROD SECRET");
    await expect.poll(async () => (await stored(demo, path)).content.label).toEqual(secret);
  });

  test("a way forward, by the key and by the line at the bottom", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, content));
    const leaveOut = draft.check.getByRole("button", { name: /^Leave out .*Krüger/ });
    await leaveOut.hover(); // shows in the draft whom it would take out
    await expect(draft.chip(".*Krüger")).toBeVisible();
    await leaveOut.click();
    await expect(draft.sum()).toHaveText("All 2 may get this");
    await expect(draft.chip(".*Krüger")).toHaveCount(0);
    await page.keyboard.press("Control+z");
    await expect(draft.chip(".*Krüger")).toBeVisible();
    await leaveOut.click();
    await expect(draft.sum()).toHaveText("All 2 may get this");
    await page.getByRole("status").getByRole("button", { name: "Undo" }).last().click();
    await expect(draft.chip(".*Krüger")).toBeVisible();
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  });

  test("a deleted draft", async ({ page, demo }) => {
    const path = await storeDraft(demo, content);
    await page.goto("/");
    await page.getByRole("button", { name: "Delete the draft “Undo”" }).click();
    await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("link", { name: /Undo/ }).click();
    const draft = new DraftModel(page);
    await expect(draft.text).toHaveValue("x");
    expect((await stored(demo, path)).content).toMatchObject(content);
  });

  test("in a text the key belongs to the text", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { ...content, body: "" }));
    await page.getByRole("button", { name: /^Remove .*Krüger/ }).click();
    await draft.text.pressSequentially("abc");
    await draft.text.press("Control+z");
    await expect(draft.text).not.toHaveValue("abc");
    await expect(draft.chip(".*Krüger")).toHaveCount(0);
  });
});

test("a split makes a second draft without label and text, which names nobody of the first (RULES 18)", async ({
  page,
  demo,
}) => {
  const draft = new DraftModel(page);
  const path = await storeDraft(demo, { ...content, action: [people.gbr, people.deu], info: [people.ukrRestricted] });
  await openDraft(page, path);
  await expect(draft.sum()).toHaveText("2 of 3 may not get this");
  const split = draft.check.getByRole("button", { name: /^Write to .* separately/ });
  await expect(split).toContainText("This draft goes to 1 recipient.");
  await expect(split).toContainText("A second one, for 2 recipients, starts without label and text.");
  await split.click();
  await expect(draft.sum()).toHaveText("The recipient may get this");
  await expect.poll(async () => (await stored(demo, path)).content.action).toEqual([people.gbr]);
  expect((await stored(demo, path)).content).toMatchObject({ body: "x", label: secret });

  const other = (await drafts(demo)).find((d) => !path.endsWith(d.id));
  const second = (await stored(demo, `/draft/${other?.id}`)).content;
  expect([...(second.action ?? []), ...(second.info ?? [])].sort()).toEqual([people.deu, people.ukrRestricted].sort());
  expect(second.body ?? "").toBe("");
  expect(second.subject ?? "").toBe("");
  expect(second.label ?? null).toBeNull();
  expect(JSON.stringify(second)).not.toContain(people.gbr);

  await page.getByRole("button", { name: "Open it" }).click();
  await expect(page.getByText("No label yet. Choose one: without a label nothing is sent.")).toBeVisible();
  await expect(draft.text).toHaveValue("");
  await expect(draft.chip(".*Krüger")).toBeVisible();
  await draft.label("RESTRICTED");
  await expect(draft.sum()).toHaveText("All 2 may get this");
  await expect.poll(async () => (await stored(demo, `/draft/${other?.id}`)).content.label).toMatchObject(restricted);
});
