import { expect, openDraft, people, restricted, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";

test("nothing leaves under the old label while a new one is being looked at", async ({ page, demo }) => {
  const draft = new DraftModel(page);
  await openDraft(
    page,
    await storeDraft(demo, { action: [people.gbr], subject: "Bridge reconnaissance", body: "x", label: restricted }),
  );
  await expect(page.getByRole("button", { name: "Send to 1" })).toBeEnabled();
  let answer: () => void = () => undefined;
  const held = new Promise<void>((done) => {
    answer = done;
  });
  await page.route("**/api/label", async (route) => {
    await held;
    await route.continue();
  });
  const sends: string[] = [];
  page.on("request", (r) => {
    if (r.url().endsWith("/api/send")) sends.push(r.postData() ?? "");
  });

  await page.getByRole("button", { name: "Change label" }).click();
  await page.getByRole("radio", { name: "SECRET", exact: true }).check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("The label that you chose is still being looked at.")).toBeVisible();
  await expect(draft.send).toBeDisabled();
  await page.keyboard.press("Control+Enter");

  answer();
  await expect(draft.marking).toHaveText("NATO/MROD SECRET");
  await expect(page.getByRole("button", { name: "Send to 1" })).toBeEnabled();
  expect(sends).toEqual([]);
  await page.keyboard.press("Control+Enter");
  await expect(page).toHaveURL(/\/sent\//);
  expect(sends).toHaveLength(1);
  expect(sends[0]).toContain("SECRET");
});

test("a text takes back its own letters, also when nothing is left of it", async ({ page, demo }) => {
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, { action: [people.gbr], body: "Grid follows.", label: restricted }));
  await page.getByRole("button", { name: "Change label" }).click();
  await page.getByRole("radio", { name: "SECRET", exact: true }).check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(draft.marking).toHaveText("NATO/MROD SECRET");
  await draft.text.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await expect(draft.text).toHaveValue("");
  await page.keyboard.press("Control+z");
  await expect(draft.text).toHaveValue("Grid follows.");
  await expect(draft.marking).toHaveText("NATO/MROD SECRET");
});

test("a press on the words of a value chooses it, and the picker stays", async ({ page, demo }) => {
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, { action: [people.gbr], subject: "Words", body: "x" }));
  await page.getByRole("button", { name: "Choose a label" }).click();
  const picker = page.getByRole("region", { name: "Label" });
  const value = picker.locator("label").filter({ has: page.getByRole("radio", { name: "SECRET", exact: true }) });
  const box = await value.boundingBox();
  if (!box) throw new Error("it is not shown");
  await page.mouse.move(box.x + box.width - 8, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.up();
  await expect(picker.getByRole("radio", { name: "SECRET", exact: true })).toBeChecked();
  await expect(draft.marking).toContainText("SECRET");
  await picker.getByRole("heading", { name: "Label", exact: true }).click();
  await expect(picker).toBeVisible();
});
