import type { Page } from "@playwright/test";
import { expect, messages, openDraft, people, secret, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";

/** clickWhenThere clicks a button in the moment in which it comes: no slow machine makes a wait of it. */
async function clickWhenThere(page: Page, selector: string, text: string): Promise<void> {
  await page.evaluate(
    ([selector, text]) => {
      const watch = new MutationObserver(() => {
        const all = [...document.querySelectorAll<HTMLElement>(selector)];
        const found = all.find((e) => e.textContent === text);
        if (!found) return;
        watch.disconnect();
        found.click();
        Object.assign(window, { clicked: true });
      });
      watch.observe(document.body, { subtree: true, childList: true });
    },
    [selector, text] as const,
  );
}

test.describe("a block at Send", () => {
  test.beforeEach(({ watch }) => {
    watch.expected.push(/status of 409/); // the refusal itself
  });

  test("is not passed by Enter, Escape or habit", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, {
      action: [people.gbr, people.deu],
      subject: "Blocked",
      body: "x",
      label: secret,
    });
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("1 of 2 may not get this");
    const before = (await messages(demo)).length;

    const asked: string[] = [];
    const refused: number[] = [];
    page.on("request", (r) => void (r.url().endsWith("/api/send") && asked.push(r.url())));
    page.on("response", (r) => void (r.url().endsWith("/api/send") && refused.push(r.status())));

    // Every key of habit, again and again, as fast as a hand can.
    for (let i = 0; i < 5; i++) {
      await draft.text.focus();
      await page.keyboard.press("Control+Enter");
      await expect(draft.stopped).toBeVisible();
      await expect(draft.stopped.getByRole("button", { name: "Back to the draft" })).toBeFocused();
      for (const key of ["Control+Enter", "Control+Enter"]) await page.keyboard.press(key);
      await expect(draft.stopped).toBeVisible();
      await page.keyboard.press(i % 2 === 0 ? "Enter" : "Escape");
      await expect(draft.stopped).toBeHidden();
    }
    // A double click where Send was, and where the sending button of the sheet is.
    // (The answer waits for both clicks: on a slow machine they are further apart than those of a hand.)
    await clickWhenThere(page, '[role="alertdialog"] button', "Send to 1, leave out 1");
    let letGo = () => {};
    const clicked = new Promise<void>((done) => {
      letGo = done;
    });
    await page.route("**/api/send", async (route) => {
      await clicked;
      await route.continue();
    });
    await draft.send.dblclick();
    letGo();
    await expect.poll(() => page.evaluate(() => "clicked" in window)).toBe(true);
    await expect(draft.stopped).toBeVisible(); // the click came too soon to be meant
    await page.keyboard.press("Escape");
    await expect(draft.stopped).toBeHidden();
    await expect(draft.check.getByRole("group", { name: "Check" })).toBeFocused();
    // Every request to send was answered, and each with a refusal.
    await expect.poll(() => refused.length).toBe(asked.length);
    expect(new Set(refused)).toEqual(new Set([409]));
    expect((await messages(demo)).length).toBe(before);
    await expect(draft.text).toHaveValue("x");
  });

  test("names the people and the reason, and the safe way has the focus", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { action: [people.gbr, people.deu], body: "x", label: secret }));
    await draft.send.click();
    await expect(draft.stopped).toContainText("Jürgen Krüger");
    await expect(draft.stopped).toContainText("does not carry SECRET");
    await expect(draft.stopped).toContainText("NATO/MROD SECRET");
    await expect(draft.stopped.getByRole("button", { name: "Back to the draft" })).toBeFocused();
    await expect(page.getByRole("button", { name: "Back to the draft" })).toBeFocused();
  });

  test("lets the others have it, by a button that says so", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(
      page,
      await storeDraft(demo, { action: [people.gbr, people.deu], subject: "Rest", body: "x", label: secret }),
    );
    await draft.send.click();
    await draft.calm();
    await draft.stopped.getByRole("button", { name: "Send to 1, leave out 1" }).click();
    await expect(page).toHaveURL(/\/sent\//);
    expect((await messages(demo))[0]?.recipients.map((r) => r.address)).toEqual([people.gbr]);
  });
});
