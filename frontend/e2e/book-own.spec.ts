import { expect, holdAnnouncements, people, test } from "./fixtures";
import { clearOwn } from "./reach";

test.beforeEach(async ({ demo, page }) => {
  await clearOwn(demo);
  await holdAnnouncements(page);
});

test("a favourite and an own group survive a reload, and the group is written to", async ({ page }) => {
  await page.goto(`/book/${encodeURIComponent(people.ukr)}`);
  const star = page.getByRole("button", { name: /as? a favourite$|^Make .* a favourite$/ });
  await star.click();
  await expect(star).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "Add to a group" }).click();
  await page.getByRole("textbox", { name: "Name of a new group" }).fill("Night shift");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByText("1 entry added to Night shift")).toBeVisible();

  await page.goto("/book/own");
  await page.reload();
  await expect(page.getByRole("region", { name: "Favourites" }).getByRole("link")).toHaveCount(1);
  const group = page.getByRole("region", { name: "Your groups" });
  await expect(group.getByText(people.ukr)).toBeVisible();

  await group.getByRole("button", { name: "Rename" }).click();
  await group.getByRole("textbox", { name: "Name of the group" }).fill("Day shift");
  await page.keyboard.press("Enter");
  await expect(group.getByText("Day shift")).toBeVisible();
  await group.getByRole("button", { name: "New draft to 1" }).click();
  await expect(page.getByRole("list", { name: "1 recipient" })).toContainText("Олена Ковальчук");
});

test("what is deleted comes back by Undo", async ({ page, demo }) => {
  await demo.api("POST", "/api/book/groups", { name: "Night shift", members: [] });
  await page.goto("/book/own");
  await page.getByRole("button", { name: "Delete the group Night shift" }).click();
  await expect(page.getByText("Night shift", { exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Night shift", { exact: true })).toBeVisible();
});

test("a group of one's own is found in the recipient field and stands for its members", async ({ page, demo }) => {
  const hits = (await demo.api("POST", "/api/book/lookup", { addresses: [people.ukr, people.gbr] })) as {
    id: string;
  }[];
  await demo.api("POST", "/api/book/groups", { name: "Zebra crossing", members: hits.map(({ id }) => ({ id })) });
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
  await page.keyboard.press("c");
  await page.getByRole("combobox", { name: "To (action)" }).fill("zebra");
  await page.getByRole("option", { name: "Your group Zebra crossing: 2 recipients" }).click();
  await expect(page.getByRole("list", { name: "2 recipients" })).toBeVisible();
});
