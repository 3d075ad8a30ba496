import type { Page } from "@playwright/test";
import { areRead, gated, patience } from "./faults";
import { enter, expect, messages, openDraft, people, secret, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";

async function closePages(page: Page): Promise<void> {
  for (const p of page.context().pages()) await p.close();
}

test.describe("a partner's directory is down", () => {
  for (const how of ["shut", "hang"] as const) {
    test(`completion, book, check and Send say so, and the rest goes on: ${how}`, async ({
      page,
      context,
      demo,
      watch,
    }) => {
      watch.expected.push(/status of 409/); // the block at Send
      const { program, gates, stop } = await gated(demo, { check: "sending_age = '1s'" });
      await enter(context, watch, program);
      await areRead(program, ["GBR", "UKR", "AUS", "DEU"]);
      await gates.UKR[how]();
      const draft = new DraftModel(page);
      await openDraft(
        page,
        program.origin + (await storeDraft(program, { label: secret, subject: "Down", body: "x" })),
      );

      // Completion: the copy answers as ever; asked on purpose, it names who did not answer.
      await draft.to.fill("ковальчук олена");
      await expect(page.getByRole("option", { name: /Олена Ковальчук/ })).toBeVisible();
      await page.getByRole("option", { name: "Ask all nations’ directories now" }).click();
      await expect(page.getByText("Could not ask: UKR. There may be more.")).toBeVisible();
      await page.getByRole("option", { name: /Олена Ковальчук/ }).click();
      await draft.add("llewellyn sian", /Llewellyn/);

      // Read within the drafting age: cleared while one drafts. At Send it must be read again, and cannot be.
      await expect(draft.sum()).toHaveText("All 2 may get this");
      await page.waitForTimeout(1100); // past the sending age
      await draft.send.click();
      await expect(draft.stopped).toBeVisible();
      await expect(draft.stopped).toContainText(", after asking again.");
      await expect(draft.stopped).toContainText("Олена Ковальчук");
      await expect(draft.stopped).toContainText("Stale");

      await expect(draft.stopped).toContainText(
        how === "shut"
          ? "Could not ask the directory UKR (it cannot be reached)."
          : `Could not ask the directory UKR (no answer in ${patience}s).`,
      );
      await draft.calm();
      await draft.stopped.getByRole("button", { name: "Send to 1, leave out 1" }).click();
      await expect(page).toHaveURL(/\/sent\//);
      expect((await messages(program))[0]?.recipients.map((r) => r.address)).toEqual([people.gbr]);

      // The book.
      await page.goto(`${program.origin}/book`);
      await page.getByRole("searchbox").fill("ковальчук олена");
      await page.getByRole("button", { name: "Ask the directories now" }).first().click();
      await expect(page.getByText("Could not ask the UKR directory.")).toBeVisible();
      await expect(page.getByText(/3 of 4 directories answered at/)).toBeVisible();
      await expect(page.getByRole("row", { name: /Олена Ковальчук/ })).toBeVisible();

      // The navigation, after reading again; and when it is back.
      await page.getByRole("button", { name: "4 directories read" }).click();
      await page.getByRole("button", { name: "Read now" }).click();
      await expect(page.getByRole("button", { name: "1 of 4 directories not read" })).toBeVisible();
      const states = page.getByRole("dialog", { name: "Directories" });
      await expect(states.getByRole("listitem").filter({ hasText: "UKR" })).toContainText("Could not be read");
      await expect(states.getByRole("listitem").filter({ hasText: "DEU" })).toContainText("Answers");
      await gates.UKR.open();
      await page.getByRole("button", { name: "Read now" }).click();
      await expect(page.getByRole("button", { name: "4 directories read" })).toBeVisible();
      await closePages(page);
      await stop();
    });
  }

  test("with all partners down from the start, own-nation mail is found, checked and sent without a word (RULES 16)", async ({
    page,
    context,
    demo,
    watch,
  }) => {
    const partners = ["UKR", "AUS", "DEU"] as const;
    const { program, gates, stop } = await gated(demo, { hanging: [...partners] });
    await enter(context, watch, program);
    await areRead(program, ["GBR"], partners);
    const asked = partners.map((n) => gates[n].asked);
    expect(Math.min(...asked)).toBeGreaterThan(0);
    const draft = new DraftModel(page);
    await openDraft(page, program.origin + (await storeDraft(program, { label: secret, subject: "Own", body: "x" })));
    await draft.add("llewellyn sian", /Llewellyn/);
    await expect(draft.sum()).toHaveText("The recipient may get this");
    await expect(draft.check).not.toContainText(/UKR|AUS|DEU|could not/i);
    await draft.send.click();
    await expect(page).toHaveURL(/\/sent\//);
    await expect(page.getByRole("article").getByText("Accepted").first()).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
    expect(partners.map((n) => gates[n].asked)).toEqual(asked);

    // A partner's person is in no book then: nobody guesses.
    const other = await storeDraft(program, { action: [people.gbr, people.ukr], label: secret, body: "x" });
    await openDraft(page, program.origin + other);
    await expect(draft.sum()).toHaveText("1 of 2 could not be checked");
    const unsure = draft.check.getByRole("region", { name: "Could not check" });
    await expect(unsure).toContainText(people.ukr);
    await expect(unsure).toContainText("Unknown");
    await closePages(page);
    await stop();
  });
});
