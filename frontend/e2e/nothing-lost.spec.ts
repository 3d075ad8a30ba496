import { drafts, expect, openDraft, people, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

const typed = "Grid 30U 123 456: light vehicles only.";

test.describe("nothing typed is lost", () => {
  for (const after of [0, 50, 200, 400]) {
    test(`reloading ${after} ms after the last key`, async ({ page, demo }) => {
      const draft = new DraftModel(page);
      const path = await storeDraft(demo, { action: [people.gbr], label: secret, body: "" });
      await openDraft(page, path);
      await draft.subject.pressSequentially("Bridge");
      await draft.text.pressSequentially(typed, { delay: 2 });
      await draft.to.pressSequentially("kovalch", { delay: 2 });
      if (after > 0) await page.waitForTimeout(after);
      await page.reload();
      await expect(draft.text).toHaveValue(typed);
      await expect(draft.subject).toHaveValue("Bridge");
      await expect(draft.to).toHaveValue("kovalch");
      await expect(draft.chip(".*Llewellyn")).toBeVisible();
      await expect(draft.marking).toHaveText("NATO/MROD SECRET");
    });
  }

  test("reloading in the middle of a word of a new draft, before anything was ever saved", async ({ page, watch }) => {
    watch.expected.push(/status of 404/); // where the page asks for the draft before its last save has come
    const draft = new DraftModel(page);
    await draft.begin();
    await draft.to.pressSequentially("kov");
    await page.reload();
    await expect(draft.to).toHaveValue("kov");
  });

  test("what is stored after the page has read the draft and before it hears of changes is shown", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { subject: "Bridge", body: "" });
    let hear: () => void = () => undefined;
    const stored = new Promise<void>((done) => {
      hear = done;
    });
    await page.route(/\/api\/changes\?after=-1/, async (r) => {
      await stored;
      await r.continue();
    });
    await openDraft(page, path);
    await expect(draft.subject).toHaveValue("Bridge");
    await demo.api("PUT", `/api${path.replace("draft", "drafts")}`, {
      version: 1,
      content: { channel: "mail", subject: "Bridge", body: typed },
    });
    hear();
    await expect(draft.text).toHaveValue(typed);
  });

  test("going elsewhere at once, and back", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await draft.begin();
    await draft.text.fill(typed);
    await draft.subject.fill("Gone at once");
    await page.getByRole("link", { name: "Book" }).click();
    await expect(page.getByRole("searchbox")).toBeVisible();
    await page.getByRole("link", { name: "Drafts", exact: true }).click();
    await page.getByRole("link", { name: /Gone at once/ }).click();
    await expect(draft.text).toHaveValue(typed);
    expect(await drafts(demo)).toHaveLength(1);

    await draft.text.fill("Changed, and back by the browser's own button.");
    await page.goBack();
    await page.goForward();
    await expect(draft.text).toHaveValue("Changed, and back by the browser's own button.");
  });

  test("to another draft by its address, and back", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const one = await storeDraft(demo, { subject: "One", body: "" });
    const other = await storeDraft(demo, { subject: "Other", body: "" });
    await openDraft(page, one);
    await draft.text.fill("Of the one.");
    await page.goto(other);
    await draft.text.fill("Of the other.");
    await page.goBack();
    await expect(draft.subject).toHaveValue("One");
    await expect(draft.text).toHaveValue("Of the one.");
    await expect.poll(async () => (await stored(demo, other)).content.body).toBe("Of the other.");
  });

  test("closing the tab with something that is not saved yet", async ({ page, context, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { subject: "Closed", body: "" });
    await openDraft(page, path);
    // The browser asks; whoever leaves all the same has lost nothing while the program is there.
    page.on("dialog", (d) => void d.accept());
    await draft.text.pressSequentially(typed);
    const closed = page.waitForEvent("close");
    await page.close({ runBeforeUnload: true });
    await closed;
    await expect.poll(async () => (await stored(demo, path)).content.body).toBe(typed);
    const again = await context.newPage();
    await openDraft(again, path);
    await expect(new DraftModel(again).text).toHaveValue(typed);
  });

  test("typing without a pause is saved all the while", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { subject: "Without a pause", body: "" });
    await openDraft(page, path);
    await draft.text.focus();
    // Never 300 ms without a key, but where the machine itself is slower.
    const saved = async () => (await stored(demo, path)).content.body?.length ?? 0;
    for (let keys = 0; (await saved()) < 20; keys++) {
      expect(keys, "keys without a save").toBeLessThan(400);
      await page.keyboard.press("x", { delay: 20 });
    }
  });

  test("fields that the page does not show are kept as they came", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const more = {
      sic: ["ABC"],
      originatorReference: "HQ 7/12",
      handling: ["Eyes only"],
      primaryPrecedence: "priority",
    };
    const path = await storeDraft(demo, { ...more, action: [people.gbr], subject: "More", body: "x", label: secret });
    await openDraft(page, path);
    await draft.text.fill("changed");
    await expect.poll(async () => (await stored(demo, path)).content).toMatchObject({ ...more, body: "changed" });
  });

  test("a file dropped beside a field does not make the browser leave the page", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { subject: "Drop", body: "x" }));
    for (const target of [draft.text, draft.check, draft.to]) {
      const prevented = await target.evaluate((e) => {
        const data = new DataTransfer();
        data.items.add(new File(["<h1>another page</h1>"], "page.html", { type: "text/html" }));
        return ["dragover", "drop"].map((kind) => {
          const event = new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data });
          e.dispatchEvent(event);
          return event.defaultPrevented;
        });
      });
      expect(prevented).toEqual([true, true]);
    }
    await expect(page).toHaveURL(/\/draft\//);
    await expect(draft.text).toHaveValue("x");
  });
});
