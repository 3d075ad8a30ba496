import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, holdAnnouncements, people, secret, storeDraft, test } from "./fixtures";

test.use({ roles: ["drafter", "administrator"] });

test("a new version is examined, compared, put in force and rolled back", async ({ page, demo }) => {
  await holdAnnouncements(page);
  const text = await readFile(join(demo.dir, "demo", "policy.spif.xml"), "utf8");
  // ATOMAL needs SECRET from now on, and is marked in colour; BOHEMIA stays as it is.
  const next = text
    .replace('schemaVersion="2.1" version="1"', 'schemaVersion="2.1" version="2"')
    .replace('name="ATOMAL" lacv="1"/>', 'name="ATOMAL" lacv="1" requiredClass="SECRET"/>');
  const atomal = { ...secret, categories: { ...secret.categories, "Special Category Designators": ["ATOMAL"] } };
  const draft = { action: [people.gbr], subject: "Rotation", body: "x" };
  await storeDraft(demo, { ...draft, label: { ...atomal, classification: "CONFIDENTIAL" } });
  await storeDraft(demo, { ...draft, subject: "Bridge", label: secret });

  await page.goto("/admin/policies");
  const list = page.getByRole("grid", { name: "Policies" });
  await expect(list.getByRole("row", { name: /NATO version 1/ })).toContainText("Governs");
  await page.getByRole("button", { name: "Load a policy" }).click();
  const detail = page.getByRole("article");

  // What is wrong is told with its line, and cannot be loaded.
  await detail.getByLabel("Or paste the document here").fill(next.replace('hierarchy="20"', 'hierarchy="10"'));
  await detail.getByRole("button", { name: "Examine it" }).click();
  await expect(detail.getByRole("heading", { name: /It is refused\. Errors: \d/ })).toBeVisible();
  await expect(detail.getByText(/^Error · line \d+, column \d+$/).first()).toBeVisible();
  await expect(detail.getByRole("button", { name: /^Load NATO/ })).toBeHidden();

  await detail.getByLabel("File").setInputFiles({ name: "next.xml", mimeType: "text/xml", buffer: Buffer.from(next) });
  await expect(detail.getByRole("heading", { name: /NATO version 2 can be used/ })).toBeVisible();
  await detail.getByRole("button", { name: "Load NATO version 2" }).click();
  await expect(detail.getByRole("heading", { name: "NATO version 2", level: 1 })).toBeFocused();
  await expect(list.getByRole("row", { name: /NATO version 2/ })).toContainText("Not in force");

  // It is drawn: the rule is there in words.
  const says = detail.getByRole("region", { name: "What it says" });
  await expect(says.getByRole("listitem").filter({ hasText: "ATOMAL" })).toContainText("only with SECRET");

  const change = detail.getByRole("region", { name: "What would change" });
  await change.getByRole("button", { name: "Show what would change" }).click();
  await expect(change.getByText(/Drafts that could not be sent any more: 1\./)).toBeVisible();
  await expect(change.getByRole("link", { name: "Rotation" })).toBeVisible();
  await expect(change.getByRole("link", { name: "Bridge" })).toBeHidden();
  await expect(change.getByText(/Not valid any more: .*ATOMAL/).first()).toBeVisible();
  await expect(change.getByText(/[\d,]+ lose it/).first()).toBeVisible();
  await change.getByText(/differences? between the versions/).click();
  await expect(change.getByText("now: only with SECRET")).toBeVisible();
  await page.setViewportSize({ width: 1024, height: 700 });
  await page.setViewportSize({ width: 1280, height: 800 });

  // Unsigned, it needs somebody who accepts it (RULES 17).
  const put = change.getByRole("button", { name: "Put NATO version 2 in force, in place of NATO version 1" });
  await expect(put).toBeDisabled();
  await change.getByLabel(/^Why it is accepted/).fill("brought by courier");
  await put.click();
  await expect(list.getByRole("row", { name: /NATO version 2/ })).toContainText("Governs");
  await expect(detail.getByText(/Accepted by .*: brought by courier/)).toBeVisible();
  await expect(change).toBeHidden();

  // Labels are judged by it at once.
  await expect
    .poll(async () => (await demo.api("GET", "/api/policies")) as { version: number }[])
    .toMatchObject([{ version: 2 }]);

  // Back, by keyboard: the earlier version was accepted before.
  await page.keyboard.press("Escape");
  await expect(list).toBeFocused();
  await page.getByRole("row", { name: /NATO version 1/ }).click();
  await change.getByRole("button", { name: "Show what would change" }).press("Enter");
  await change
    .getByRole("button", { name: "Put NATO version 1 in force again, in place of NATO version 2" })
    .press("Enter");
  await expect(list.getByRole("row", { name: /NATO version 1/ })).toContainText("Governs");
});
