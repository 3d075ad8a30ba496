import { expect, people, test } from "./fixtures";
import { browse } from "./reach";

test("the tree is gone through by the keyboard alone, down to an entry and back", async ({ page }) => {
  await browse(page);
  const tree = page.getByRole("tree", { name: "Organisations" });
  await expect(tree).toBeFocused();
  const open = await tree.getByRole("treeitem", { expanded: true }).count();
  expect(open).toBeGreaterThan(0);
  await page.keyboard.press("Enter"); // into the list
  await expect(page.getByRole("grid")).toBeFocused();
  await page.keyboard.press("Enter"); // the first entry
  await expect(page.getByRole("button", { name: /^Write to/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid")).toBeFocused();
  // Whoever comes back finds the tree as he left it.
  await page.reload();
  await expect(tree.getByRole("treeitem", { expanded: true })).toHaveCount(open);
});

test("letters lead to a name, left closes and goes out", async ({ page }) => {
  await page.goto("/book/browse");
  const tree = page.getByRole("tree", { name: "Organisations" });
  await expect(tree.getByRole("treeitem").nth(3)).toBeVisible();
  await tree.focus();
  await page.keyboard.press("u");
  const current = tree.locator('[role="treeitem"][aria-selected="true"]');
  await expect(current).toContainText("UKR");
  await page.keyboard.press("ArrowRight");
  await expect(current).toHaveAttribute("aria-expanded", "true");
  await expect(tree.getByRole("treeitem", { level: 2 }).first()).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(current).toHaveAttribute("aria-level", "2");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  if ((await current.getAttribute("aria-level")) === "1") await expect(current).toContainText("UKR");
});

test("the path of an entry leads into the tree", async ({ page }) => {
  await page.goto("/book");
  await page.getByRole("searchbox").fill("kovalchuk olena");
  await page.getByRole("row", { name: new RegExp(people.ukr) }).click();
  await page.getByRole("article").getByRole("link", { name: /J3/i }).first().click();
  await expect(page).toHaveURL(/\/book\/browse/);
  await expect(page.getByRole("tree", { name: "Organisations" })).toBeVisible();
});
