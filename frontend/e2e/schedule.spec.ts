import { expect, openDraft, people, secret, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";

const reviewed = { ...secret, reviewDate: "2098-01-05T00:00:00Z" };
const content = { action: [people.gbr, people.ukr], subject: "Schedule", body: "x", label: reviewed };
const due = "The label is due for review on 5 Jan 2098, 00:00Z, before the message is sent.";

test("what ends before the time is said while it is being chosen, and stays quietly beside Send", async ({
  page,
  demo,
}) => {
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, content));
  await expect(draft.sum()).toHaveText("All 2 may get this");
  await page.getByRole("button", { name: "Choose when it is sent" }).click();
  const day = page.getByRole("textbox", { name: "Day" });
  const ends = page.getByRole("region", { name: "Before that time" });
  await page.getByRole("textbox", { name: "Time (UTC)" }).fill("14:05");
  await day.fill("2097-11-21");
  await expect(page.getByText("Nothing is known to end before that time.")).toBeVisible();
  await day.fill("2099-11-21");
  await expect(ends).toContainText(due);
  await day.fill("2099-11-41");
  await expect(ends).toBeHidden();
  await day.fill("2099-11-21");
  await expect(ends).toContainText(due);
  const beside = page.getByRole("list", { name: "Before that time" });
  await expect(beside).toHaveCount(0); // nothing is set yet

  await page.getByRole("button", { name: "Set to 21 Nov 2099, 14:05Z" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(beside).toHaveText(due);
  await expect(draft.check).not.toContainText(due); // once is enough
  await expect(page.getByRole("button", { name: "Send to 2 at 21 Nov 2099, 14:05Z" })).toBeEnabled(); // it stops nothing
  await page.reload();
  await expect(beside).toHaveText(due);
});

// What the demonstration publishes of one account, for the mission.
test("of a clearance it says whose, and when", async ({ page, demo }) => {
  const later = { ...secret, reviewDate: "2199-01-05T00:00:00Z" };
  const action = [people.gbr, "taras.bilyk.mission@ukr.example"];
  const text =
    /By the time of sending \(21 Nov 2099, 14:05Z\) what is published of them ends: .*Білик \(1 Dec 2098, 00:00Z\)\./;
  await openDraft(page, await storeDraft(demo, { ...content, action, label: later, sendAt: "2099-11-21T14:05:00Z" }));
  await expect(page.getByRole("list", { name: "Before that time" })).toHaveText(text);
  await page.getByRole("button", { name: "Choose when it is sent" }).click();
  const ends = page.getByRole("region", { name: "Before that time" });
  await expect(ends).toContainText("A clearance ends before it is sent.");
  await expect(ends).toContainText(text);
});
