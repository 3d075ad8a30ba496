import { expect, people, test } from "./fixtures";
import { DraftModel } from "./models/draft";
import { tabTo } from "./models/keys";

test("the main job with the keyboard alone", async ({ page, demo }) => {
  const draft = new DraftModel(page);
  const keys = page.keyboard;
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();

  await keys.press("c");
  await expect(draft.to).toBeFocused();
  for (const who of ["llewellyn sian", "kovalchuk olena", "krueger juergen"]) {
    await keys.type(who);
    await expect(page.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
    await keys.press("Enter");
    await expect(draft.to).toHaveValue("");
  }
  await expect(draft.chip(".*Krüger")).toBeVisible();

  // To the label: backwards over what lies between.
  await tabTo(page, draft.page.getByRole("button", { name: "Choose a label" }), "Shift+Tab");
  await keys.press("Enter");
  await expect(page.getByRole("radio", { name: "UNCLASSIFIED" })).toBeFocused();
  for (const name of ["RESTRICTED", "CONFIDENTIAL", "SECRET"]) {
    await keys.press("ArrowRight");
    await expect(page.getByRole("radio", { name, exact: true })).toBeChecked();
  }
  await keys.press("Escape");
  await expect(draft.marking).toHaveText("NATO/MROD SECRET");
  await expect(page.getByRole("button", { name: "Change label" })).toBeFocused();

  await tabTo(page, draft.subject, "Tab");
  await keys.type("Bridge by keys");
  await tabTo(page, draft.text, "Tab");
  await keys.type("Grid follows.");

  await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  const leaveOut = draft.check.getByRole("button", { name: /^Leave out .*Krüger/ });
  await tabTo(page, leaveOut, "Tab");
  await keys.press("Enter");
  await expect(draft.sum()).toHaveText("All 2 may get this");
  await expect(page.getByRole("button", { name: "Send to 2" })).toBeFocused();

  const before = (await demo.delivered("UKR", "Bridge by keys")).length;
  await keys.press("Control+Enter");
  await expect(page).toHaveURL(/\/sent\//);
  await expect(page.getByRole("article").getByText("Accepted").first()).toBeVisible();
  await expect.poll(async () => (await demo.delivered("UKR", "Bridge by keys")).length).toBe(before + 1);
  expect((await demo.delivered("UKR", "Bridge by keys")).at(-1)).toContain(people.ukr);

  await Promise.all(["g", "b"].map((k) => keys.press(k))); // within a second, whatever the machine does
  await expect(page).toHaveURL(/\/book/);
  await keys.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
});
