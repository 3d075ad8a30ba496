import { expect, openDraft, people, secret, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";
import { changeReport, troubled } from "./states-recipients";

const content = { action: [people.gbr, people.ukr, people.deu], subject: "Check", body: "x", label: secret };

test("the panel names the paragraph and attachment that stand in the way, and the rule that is exceeded", async ({
  page,
  demo,
}) => {
  await changeReport(page, "**/api/check*", troubled);
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, content));
  const parts = draft.check.getByRole("region", { name: "Paragraphs and attachments" });
  await expect(parts).toContainText("Paragraph 2 (NS ATOMAL)");
  await expect(parts).toContainText("Attachment a-plan-with-a-rather-long-name-of-its-own-2026-11.pdf");
  await expect(draft.check.getByRole("region", { name: "Too many recipients" })).toContainText("Rule wide-secret");
});

test("a warning that was put away stays away, also when the draft is opened again", async ({ page, demo }) => {
  await changeReport(page, "**/api/check*", troubled);
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, content));
  const known = draft.check.getByRole("region", { name: "Worth knowing" });
  await known.getByRole("button", { name: /^Put away: The policy NATO ends/ }).click();
  await expect(known).not.toContainText("The policy NATO ends");
  await expect(known).toContainText("More than one address reaches");
  await page.reload();
  await expect(known).toContainText("More than one address reaches");
  await expect(known).not.toContainText("The policy NATO ends");
});

test("the check of an unchanged draft is not asked twice", async ({ page, demo }) => {
  const asked: string[] = [];
  page.on("request", (r) => void (r.url().includes("/api/check") && asked.push(r.url())));
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, content));
  await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  await draft.text.pressSequentially("Grid follows. ");
  await draft.subject.fill("Another subject");
  await page.getByRole("button", { name: /^Remove .*Krüger/ }).click();
  await expect(draft.sum()).toHaveText("All 2 may get this");
  await page.keyboard.press("Control+z");
  await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  expect(asked).toHaveLength(2); // the first, and the one without him
});
