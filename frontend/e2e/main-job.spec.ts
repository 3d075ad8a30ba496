import { expect, people, test } from "./fixtures";
import { DraftModel } from "./models/draft";

test("the main job: draft to three nations, read the reasons, leave one out, send, see what became of it", async ({
  page,
  demo,
}) => {
  const draft = new DraftModel(page);
  await draft.begin();
  await draft.label("SECRET");
  await expect(draft.marking).toHaveText("NATO/MROD SECRET");

  await draft.add("llewellyn sian", /Llewellyn/);
  await draft.add("ковальчук олена", /Олена Ковальчук/);
  await draft.add("krüger jürgen", /Jürgen Krüger/);
  await draft.subject.fill("Bridge to three nations");
  await draft.text.fill("Grid follows.");

  // The reason is in words, and says what is needed, not what somebody holds (RULES 19).
  await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  const refused = draft.check.getByRole("region", { name: "May not get it" });
  await expect(refused).toContainText("Jürgen Krüger");
  await expect(refused).toContainText("does not carry SECRET");
  await expect(draft.chip(".*Krüger")).toHaveAccessibleName(/Not cleared/);

  // What it rests on is one click away.
  await refused.getByText("Why, and from where").click();
  await expect(refused).toContainText(/Read .* from DEU, StartTLS/);

  await draft.check.getByRole("button", { name: /^Leave out .*Krüger/ }).click();
  await expect(draft.sum()).toHaveText("All 2 may get this");
  await expect(draft.chip(".*Krüger")).toHaveCount(0);

  // One thing can always be taken back.
  await page.keyboard.press("Control+z");
  await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  await draft.check.getByRole("button", { name: /^Leave out .*Krüger/ }).click();
  await expect(draft.sum()).toHaveText("All 2 may get this");

  const before = (await demo.delivered("UKR", "Bridge to three nations")).length;
  await page.getByRole("button", { name: "Send to 2" }).click();
  await expect(page).toHaveURL(/\/sent\//);
  await expect(page.getByRole("heading", { name: "Bridge to three nations" })).toBeVisible();
  await expect(page.getByRole("article").getByText("Accepted").first()).toBeVisible();

  // What the Ukrainian server got carries the label, and nobody of DEU.
  await expect.poll(async () => (await demo.delivered("UKR", "Bridge to three nations")).length).toBe(before + 1);
  const mail = (await demo.delivered("UKR", "Bridge to three nations")).at(-1) ?? "";
  expect(mail).toMatch(/^SIO-Label: /im);
  expect(mail).toContain("NATO/MROD SECRET");
  expect(mail).toContain(people.ukr);
  expect(mail).not.toContain(people.deu);

  // What was sent is no draft any more.
  expect(await demo.api("GET", "/api/drafts")).toEqual([]);
});
