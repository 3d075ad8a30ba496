import type { Response } from "@playwright/test";
import { expect, openDraft, people, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

test.describe("what this installation may not hold (RULES 10)", () => {
  test("cannot be chosen, and says why to the eye, the keyboard and a screen reader", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { action: [people.gbr], body: "x", label: secret });
    await openDraft(page, path);
    await page.getByRole("button", { name: "Change label" }).click();
    const top = page.getByRole("radio", { name: "TOP SECRET", exact: true });
    await expect(top).toHaveAttribute("aria-disabled", "true");
    const why = /may not hold|TOP SECRET/;
    await expect(top).toHaveAccessibleDescription(why);
    const reason = (await top.getAttribute("aria-description")) ?? "";
    expect(reason.length).toBeGreaterThan(20);

    await top.click({ force: true });
    await expect(top).not.toBeChecked();
    await expect(draft.marking).toHaveText("NATO/MROD SECRET");
    await page.getByRole("radio", { name: "SECRET", exact: true }).focus();
    await page.keyboard.press("ArrowRight");
    await expect(top).toBeFocused();
    await expect(page.getByRole("tooltip")).toHaveText(reason);
    await expect(top).not.toBeChecked();
    await page.keyboard.press("Escape");
    await expect(draft.marking).toHaveText("NATO/MROD SECRET");
    expect((await stored(demo, path)).content.label).toEqual(secret);
  });

  test("cannot be stored by another program either", async ({ demo }) => {
    const path = await storeDraft(demo, { label: secret });
    const content = { channel: "mail", label: { ...secret, classification: "TOP SECRET" } };
    const id = path.split("/").at(-1);
    await expect(demo.api("PUT", `/api/drafts/${id}`, { version: 1, content })).rejects.toThrow(
      /422 .*"user-system-high"/,
    );
    expect((await stored(demo, path)).content.label).toEqual(secret);
  });

  test("frames every page", async ({ page, demo }) => {
    for (const path of ["/", await storeDraft(demo, {}), "/book", "/sent", "/nowhere"]) {
      await page.goto(path);
      await expect(page.getByRole("banner").getByText("NATO/MROD SECRET ATOMAL/BOHEMIA")).toBeVisible();
      await expect(page.getByRole("banner").getByText("Not centrally managed")).toBeVisible();
    }
  });
});

test("a drafter never sees what somebody holds (RULES 19)", async ({ page, demo }) => {
  const answers: Response[] = [];
  page.on("response", (r) => {
    if (/\/api\/(check|book|send|messages)/.test(r.url())) answers.push(r);
  });
  const draft = new DraftModel(page);
  // She holds RESTRICTED and MROD, he ATOMAL and BOHEMIA; the label asks for SECRET.
  await openDraft(
    page,
    await storeDraft(demo, { action: [people.ukrRestricted, people.deu], subject: "Held", body: "x", label: secret }),
  );
  await expect(draft.sum()).toHaveText("2 of 2 may not get this");
  for (const why of await draft.check.getByText("Why, and from where").all()) await why.click();
  await expect(draft.check).toContainText("Needs SECRET");
  const main = page.getByRole("main");
  await expect(main).not.toContainText(/RESTRICTED|ATOMAL|BOHEMIA|confidentialityClearance/);
  for (const chip of await page.getByRole("button", { name: /: Not cleared$/ }).all()) {
    await expect(chip).toHaveAttribute("title", /(Needs|does not carry) SECRET/);
    await expect(chip).not.toHaveAttribute("title", /RESTRICTED|ATOMAL|BOHEMIA/);
  }
  await draft.to.press("ArrowLeft");
  await expect(page.getByRole("tooltip")).toContainText("does not carry SECRET");
  await expect(page.getByRole("tooltip")).not.toContainText(/RESTRICTED|ATOMAL|BOHEMIA/);
  await page.goto(`/book/${encodeURIComponent(people.ukrRestricted)}`);
  await expect(page.getByText("What is in them is not shown.")).toBeVisible();
  await expect(main).not.toContainText(/RESTRICTED|MROD|confidentialityClearance/);

  for (const a of answers) {
    const text = await a.text().catch(() => "");
    expect(text, a.url()).not.toMatch(/"held":\[[^\]]|Clearance(Policy|Xml)|confidentialityClearance|cGlkZW50aWFsaXR5/);
  }
});
