import { expect, test } from "./fixtures";

test("a drafter reads the policy, and changes nothing", async ({ page, demo }) => {
  expect(await demo.api("GET", "/api/policy/versions")).toMatchObject({ editable: false });
  await page.goto("/admin/policies");
  await page.getByRole("row", { name: /NATO version 1/ }).click();
  const detail = page.getByRole("article");
  await expect(detail.getByText("Classifications, the most sensitive first")).toBeVisible();
  await expect(
    detail.getByText("a person must hold every value that a label has", { exact: false }).first(),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Load a policy" })).toBeHidden();
  await expect(detail.getByRole("region", { name: "What would change" })).toBeHidden();
});
