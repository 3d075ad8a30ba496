import type { Page } from "@playwright/test";
import { drafts, expect, messages, openDraft, people, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

// What the browser itself says about a program that is not there, or does not know the page any more.
const expected = [/net::ERR_/, /status of 401/];

const notice = (page: Page) => page.getByRole("alert").filter({ hasText: "Since" });

test.describe("the program is gone", () => {
  test.beforeEach(({ watch }) => {
    watch.expected.push(...expected);
  });

  test("what is typed meanwhile stays, and is saved when it is back", async ({ page, context, own }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(own, { action: [people.gbr], subject: "Gone", body: "Before.", label: secret });
    await openDraft(page, own.origin + path);
    await draft.text.press("Control+End");
    await draft.text.pressSequentially(" Then ");
    await own.kill();
    await draft.text.pressSequentially("and while it was gone.");

    await expect(notice(page)).toContainText("Caveat does not answer");
    await expect(notice(page)).toContainText("Start it again on the same address");
    await expect(notice(page)).toContainText("What you type stays on this page and is saved as soon as");
    await expect(page.getByText("Not saved", { exact: true })).toBeVisible();
    await draft.subject.fill("Gone and back");
    await draft.to.pressSequentially("kovalch");

    await own.again();
    // Its session ended with it: the page says by which way it gets a new one.
    await expect(notice(page)).toContainText("The session has ended");
    await expect(notice(page)).toContainText("Open the new link that the program printed, in this browser");
    await expect(draft.text).toHaveValue("Before. Then and while it was gone.");
    const second = await context.newPage();
    await second.goto(own.link);
    await expect(second.getByRole("link", { name: /Gone/ })).toBeVisible();

    await expect(notice(page)).toBeHidden();
    await expect(draft.saved).toBeVisible();
    await expect(draft.text).toHaveValue("Before. Then and while it was gone.");
    await expect(draft.to).toHaveValue("kovalch");
    const kept = (await stored(own, path)).content;
    expect(kept.body).toBe("Before. Then and while it was gone.");
    expect(kept.subject).toBe("Gone and back");
    expect(kept.typing?.action).toBe("kovalch");
    expect(kept.action).toEqual([people.gbr]);
  });

  test("a draft that was begun without it is kept when it is back", async ({ page, context, own }) => {
    const draft = new DraftModel(page);
    await page.goto(own.origin);
    await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    await own.kill();
    await page.keyboard.press("c");
    await draft.subject.fill("Begun alone");
    await draft.text.fill("Nobody listened.");
    await expect(notice(page)).toBeVisible();
    await own.again();
    await (await context.newPage()).goto(own.link);
    await expect(draft.saved).toBeVisible();
    expect((await drafts(own)).map((d) => d.subject)).toEqual(["Begun alone"]);
  });

  test("nothing is sent, and that is said", async ({ page, own }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(own, { action: [people.gbr], subject: "Not now", body: "x", label: secret });
    await openDraft(page, own.origin + path);
    await expect(draft.sum()).toHaveText("The recipient may get this");
    await own.kill();
    await draft.send.click();
    const failed = page.getByRole("alert").filter({ hasText: "Not sent" });
    await expect(failed).toContainText("Caveat does not answer");
    await expect(draft.text).toHaveValue("x");
    await expect(draft.text).toBeEditable();
    await own.again();
    expect((await stored(own, path)).content.subject).toBe("Not now");
    expect(await messages(own)).toEqual([]);
  });

  test("the other pages say it too, and are there again by themselves", async ({ page, context, own }) => {
    await storeDraft(own, { subject: "Still here" });
    await page.goto(`${own.origin}/book`);
    await expect(page.getByRole("row").nth(1)).toBeVisible();
    await own.kill();
    await page.getByRole("link", { name: "Drafts", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Caveat does not answer" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
    await expect(notice(page)).toBeVisible();
    await own.again();
    await (await context.newPage()).goto(own.link);
    await expect(page.getByRole("link", { name: /Still here/ })).toBeVisible();
    await expect(notice(page)).toBeHidden();
  });

  test("leaving with something unsaved is asked about; without, it is not", async ({ page, own }) => {
    const draft = new DraftModel(page);
    const asked: string[] = [];
    page.on("dialog", async (d) => {
      asked.push(d.type());
      await d.dismiss();
    });
    await openDraft(page, own.origin + (await storeDraft(own, { subject: "Unsaved" })));
    await page.close({ runBeforeUnload: true });
    expect(asked).toEqual([]);

    const again = await page.context().newPage();
    again.on("dialog", async (d) => {
      asked.push(d.type());
      await d.dismiss();
    });
    await openDraft(again, own.origin + (await storeDraft(own, { subject: "Unsaved too" })));
    await own.kill();
    await new DraftModel(again).text.pressSequentially("only here");
    await expect(again.getByText("Not saved", { exact: true })).toBeVisible();
    await again.close({ runBeforeUnload: true });
    await expect.poll(() => asked).toEqual(["beforeunload"]);
    await expect(new DraftModel(again).text).toHaveValue("only here");
    expect(draft.page.isClosed()).toBe(true);
  });
});
