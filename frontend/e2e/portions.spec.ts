import { expect, holdAnnouncements, openDraft, people, restricted, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

const content = { action: [people.gbr], subject: "Bridge", body: "Open to all.\n\nGrid follows.", label: secret };

test.describe("portion marks", () => {
  test("a switch makes paragraphs of the text; each bears its mark, Enter and Backspace make and join them", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, content);
    await openDraft(page, path);
    await page.getByRole("switch", { name: "Portion marks" }).click();
    await expect(draft.paragraph(1)).toHaveValue("Open to all.");
    await expect(draft.paragraph(2)).toHaveValue("Grid follows.");
    await expect(draft.mark(1)).toHaveAccessibleName("Mark of paragraph 1: NATO/MROD SECRET");

    await draft.markAs(1, "RESTRICTED");
    await expect(draft.mark(1)).toHaveAccessibleName("Mark of paragraph 1: NATO/MROD RESTRICTED");
    await expect(draft.mark(1)).toHaveText(/^\(.+\)$/);

    await draft.paragraph(2).press("End");
    await page.keyboard.press("Enter");
    await expect(draft.paragraph(3)).toBeFocused();
    await page.keyboard.type("Piers are sound.");
    await expect(draft.mark(3)).toHaveAccessibleName("Mark of paragraph 3: NATO/MROD SECRET"); // of the one before it
    await expect
      .poll(async () => (await stored(demo, path)).content.parts?.map((p) => p.text))
      .toEqual(["Open to all.", "Grid follows.", "Piers are sound."]);
    const { content: kept } = await stored(demo, path);
    expect(kept.body ?? "").toBe("");
    expect(kept.parts?.[0]?.label).toEqual(restricted);

    await draft.paragraph(3).press("Home");
    await page.keyboard.press("Backspace");
    await expect(draft.paragraph(2)).toHaveValue("Grid follows.Piers are sound.");
    await expect(draft.paragraph(2)).toBeFocused();
    await page.keyboard.press("Control+z"); // joining is undone, although the hand is in a text
    await expect(draft.paragraph(3)).toHaveValue("Piers are sound.");
  });

  test("several paragraphs that are pasted are several", async ({ page, demo, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { ...content, body: "First." }));
    await page.getByRole("switch", { name: "Portion marks" }).click();
    await page.evaluate(() => navigator.clipboard.writeText("A\n\nB\n\nC"));
    await draft.paragraph(1).press("End");
    await page.keyboard.press("Control+v");
    await expect(draft.paragraph(3)).toHaveValue("C");
    await expect(draft.paragraph(1)).toHaveValue("First.A");
    await expect(draft.paragraph(3)).toBeFocused();
    await page.keyboard.press("Control+z");
    await expect(draft.paragraph(1)).toHaveValue("First.");
    await expect(draft.paragraph(2)).toHaveCount(0);
  });

  // RULES 2
  test("the message's label cannot be chosen below a paragraph's, nor a paragraph's above the message's", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    await page.goto(
      await storeDraft(demo, {
        ...content,
        ...{ body: "", label: { ...secret, classification: "CONFIDENTIAL" } },
        parts: [{ text: "Grid.", label: { ...secret, classification: "CONFIDENTIAL" } }],
      }),
    );
    await page.getByRole("button", { name: "Change label" }).click();
    const low = page.getByRole("radio", { name: "RESTRICTED", exact: true });
    await expect(low).toHaveAttribute("aria-disabled", "true");
    await expect(low).toHaveAccessibleDescription(/Paragraph 1 is CONFIDENTIAL/);
    await page.keyboard.press("Escape");
    await draft.mark(1).click();
    const high = page.getByRole("radio", { name: "SECRET", exact: true });
    await expect(high).toHaveAttribute("aria-disabled", "true");
    await expect(high).toHaveAccessibleDescription(/The label of the message is CONFIDENTIAL/);
  });

  test("turned off they ask nothing when nothing is lost, else they say what; undo brings the marks back", async ({
    page,
    demo,
  }) => {
    await holdAnnouncements(page);
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, content));
    const toggle = page.getByRole("switch", { name: "Portion marks" });
    await toggle.click();
    await toggle.click();
    await expect(draft.text).toHaveValue("Open to all.\n\nGrid follows.");
    await toggle.click();
    await draft.markAs(1, "RESTRICTED");
    await toggle.click();
    await expect(page.getByText("One paragraph’s mark differs from the label.")).toBeVisible();
    await page.getByRole("button", { name: "Take the marks off" }).click();
    await expect(draft.text).toBeVisible();
    await page.getByRole("status").getByRole("button", { name: "Undo" }).last().click();
    await expect(draft.mark(1)).toHaveAccessibleName("Mark of paragraph 1: NATO/MROD RESTRICTED");
  });

  test("a paragraph that is not marked is not sent", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const parts = [
      { text: "Open.", label: restricted },
      { text: "Not marked.", label: "" },
    ];
    await page.goto(await storeDraft(demo, { ...content, body: "", parts }));
    await expect(page.getByText("First mark paragraph 2.")).toBeVisible();
    await expect(draft.send).toBeDisabled();
    await draft.paragraph(2).focus();
    await page.keyboard.press("Control+m");
    await page
      .getByRole("region", { name: "Mark of paragraph 2" })
      .getByRole("radio", { name: "SECRET", exact: true })
      .check();
    await page
      .getByRole("region", { name: "Mark of paragraph 2" })
      .getByRole("checkbox", { name: "MROD" })
      .first()
      .check();
    await expect(page.getByText("First mark paragraph 2.")).toBeHidden();
  });
});
