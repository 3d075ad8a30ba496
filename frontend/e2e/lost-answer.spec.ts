import type { Page } from "@playwright/test";
import type { Program } from "./demo";
import {
  drafts,
  expect,
  holdAnnouncements,
  messages,
  openDraft,
  people,
  secret,
  storeDraft,
  stored,
  test,
} from "./fixtures";
import { DraftModel } from "./models/draft";

const content = { action: [people.gbr, people.ukr], subject: "Lost answer", body: "Grid follows.", label: secret };

/** loseAnswer breaks the line while a draft is being sent: before the program got it, or after. */
async function loseAnswer(page: Page, when: "before" | "after"): Promise<void> {
  await page.route("**/api/send", async (route) => {
    if (when === "after") await route.fetch();
    else await new Promise((wake) => setTimeout(wake, 1500)); // what was saved before it has long been heard of
    await route.abort("connectionreset");
  });
}

async function count(demo: Program): Promise<number> {
  return (await messages(demo)).length;
}

test.describe("the answer to Send is lost", () => {
  test.beforeEach(async ({ watch, page }) => {
    watch.expected.push(/net::ERR_CONNECTION_RESET/, /status of 404/);
    await holdAnnouncements(page);
  });

  test("when it was handed over: the page finds out, and it ends under Sent, once", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const before = await count(demo);
    await openDraft(page, await storeDraft(demo, content));
    await expect(draft.sum()).toHaveText("All 2 may get this");
    await loseAnswer(page, "after");
    await draft.send.click();
    await expect(page).toHaveURL(/\/sent$/);
    await expect(page.getByRole("row").filter({ hasText: "Lost answer" }).first()).toBeVisible();
    expect(await count(demo)).toBe(before + 1);
    expect(await drafts(demo)).toEqual([]);
  });

  test("when it was not: that is said, the draft is as it was, and can be sent", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const before = await count(demo);
    const path = await storeDraft(demo, content);
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("All 2 may get this");
    await loseAnswer(page, "before");
    await draft.send.click();
    await expect(page.getByText("It was not sent: the draft is as it was")).toBeVisible();
    await expect(draft.text).toHaveValue("Grid follows.");
    await expect(draft.text).toBeEditable();
    expect(await count(demo)).toBe(before);
    expect((await stored(demo, path)).content).toMatchObject(content);

    await page.unroute("**/api/send");
    await draft.send.click();
    await expect(page).toHaveURL(/\/sent\/./);
    expect(await count(demo)).toBe(before + 1);
  });

  test("as long as nobody knows, the page says so and the draft cannot be changed or sent again", async ({
    page,
    own,
    watch,
  }) => {
    watch.expected.push(/net::ERR_/, /status of 401/);
    const draft = new DraftModel(page);
    await openDraft(page, own.origin + (await storeDraft(own, content)));
    await expect(draft.sum()).toHaveText("All 2 may get this");
    await page.route("**/api/send", async (route) => {
      await route.fetch();
      await own.kill();
      await route.abort("connectionreset");
    });
    await draft.send.click();
    const uncertain = page.getByRole("alert").filter({ hasText: "No answer came while sending" });
    await expect(uncertain).toContainText("Whether it was handed over is not known yet.");
    await expect(uncertain).toContainText("Do not write it again.");
    await expect(draft.send).toBeDisabled();
    await expect(draft.text).not.toBeEditable();
    await page.keyboard.press("Control+Enter");

    await own.again();
    await (await page.context().newPage()).goto(own.link);
    await expect(page).toHaveURL(/\/sent$/);
    expect((await messages(own)).map((m) => m.subject)).toEqual(["Lost answer"]);
  });

  test("a request to send that arrives after the page has said that nothing was sent does nothing", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    const before = await count(demo);
    await openDraft(page, await storeDraft(demo, content));
    await expect(draft.sum()).toHaveText("All 2 may get this");
    let late: (() => Promise<number>) | undefined;
    await page.route("**/api/send", async (route) => {
      const body = JSON.parse(route.request().postData() ?? "{}") as unknown;
      late = () =>
        demo.api("POST", "/api/send", body).then(
          () => 200,
          (e: Error) => Number(/: (\d+) /.exec(e.message)?.[1]),
        );
      await route.abort("connectionreset");
    });
    await draft.send.click();
    await expect(page.getByText("It was not sent: the draft is as it was")).toBeVisible();
    expect(await late?.()).toBe(409);
    expect(await count(demo)).toBe(before);
  });
});
