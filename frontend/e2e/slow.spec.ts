import type { Page, Route } from "@playwright/test";
import { expect, openDraft, people, secret, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";

type Held = { asked: string[]; letGo: () => Promise<void> };

/** hold keeps the answers to some of the questions until they are let go; the page may have given up by then. */
async function hold(page: Page, url: RegExp, which: (body: string, url: URL) => boolean = () => true): Promise<Held> {
  let free: () => void = () => undefined;
  const isFree = new Promise<void>((done) => {
    free = done;
  });
  const asked: string[] = [];
  const given: Promise<void>[] = [];
  await page.route(url, async (route: Route) => {
    const request = route.request();
    const body = request.postData() ?? "";
    if (!which(body, new URL(request.url()))) return route.continue();
    asked.push(body || request.url());
    const give = async () => {
      const answer = await route.fetch().catch(() => undefined);
      await isFree;
      if (answer) await route.fulfill({ response: answer }).catch(() => undefined);
    };
    given.push(give());
  });
  const letGo = async () => {
    free();
    await Promise.all(given);
  };
  return { asked, letGo };
}

/** heard is some time for the page to make what it makes of answers that have come: too little of it hides a fault, no more. */
const heard = (page: Page) => page.waitForTimeout(500);

/** follow records every text that an element had, one after the other. */
async function follow(page: Page, selector: string): Promise<() => Promise<string[]>> {
  await page.evaluate((s) => {
    const seen: string[] = [];
    const look = () => {
      const text = document.querySelector(s)?.textContent ?? "";
      if (seen.at(-1) !== text) seen.push(text);
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { followed: seen });
  }, selector);
  return () => page.evaluate(() => (window as unknown as { followed: string[] }).followed);
}

test.describe("slow answers", () => {
  test("an older check never overwrites a newer one", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { action: [people.gbr], body: "x", label: secret });
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("The recipient may get this");
    const sums = await follow(page, 'aside[aria-label="Check"] [role="status"]');
    const older = await hold(page, /\/api\/check/, (body) => !body.includes(people.ukr));

    await draft.to.fill(people.deu);
    await draft.to.press("Enter");
    await expect.poll(() => older.asked.length).toBe(1);
    await expect(draft.sum()).toHaveText("Checking again…");
    await draft.to.fill(people.ukr);
    await draft.to.press("Enter");
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
    await older.letGo();
    await heard(page);
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
    expect((await sums()).filter((s) => s.startsWith("1 of"))).toEqual(["1 of 3 may not get this"]);
  });

  test("while a check is under way the old one stays, nothing moves, and one can go on typing", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { action: [people.gbr, people.deu], body: "x", label: secret });
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("1 of 2 may not get this");
    const places = async () => [
      await draft.text.boundingBox(),
      await draft.subject.boundingBox(),
      await draft.check.boundingBox(),
      await draft.check.getByText("does not carry SECRET").first().boundingBox(),
    ];
    const check = await hold(page, /\/api\/check/);
    await draft.to.fill(people.ukr);
    await draft.to.press("Enter");
    await expect(draft.sum()).toHaveText("Checking again…");
    const before = await places();
    await draft.text.press("Control+End");
    await draft.text.pressSequentially(" goes on");
    await expect(draft.text).toHaveValue("x goes on");
    await expect(draft.saved).toBeVisible();
    expect(await places()).toEqual(before);
    await expect(draft.check.getByText("does not carry SECRET").first()).toBeVisible();
    // A way forward that belongs to the old check cannot be taken.
    await expect(draft.check.getByRole("button", { name: /^Leave out/ })).toBeDisabled();
    await expect(draft.chip(".*Ковальчук")).toHaveAccessibleName(/Not checked yet/);
    await check.letGo();
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  });

  test("an older search never overwrites a newer one, and the highlighted row does not move", async ({ page }) => {
    const draft = new DraftModel(page);
    await draft.begin();
    // The own nation's directory answers last, and the first letters later than the next.
    const first = await hold(page, /\/api\/book\/search/, (_body, url) => url.searchParams.get("text") === "k");
    const live = await hold(page, /\/api\/book\/search.*scope=typing/);
    await draft.to.pressSequentially("k");
    await expect.poll(() => first.asked.length).toBe(1);
    const whole = page.waitForResponse((r) => {
      const query = new URL(r.url()).searchParams;
      return query.get("text") === "kovalchuk ol" && query.get("scope") === "cache";
    });
    await draft.to.pressSequentially("ovalchuk ol", { delay: 10 });
    const options = page.getByRole("option");
    const { hits } = (await (await whole).json()) as { hits: { name: string }[] };
    // What stands there for fewer letters goes when these come.
    await expect(options).toHaveCount(hits.length + 1);
    await expect(options).toContainText([...hits.map((h) => h.name), "Ask all nations’ directories now"]);
    await expect(options.first()).toContainText("Ковальчук");
    await options.nth(0).hover();
    const rows = await options.allTextContents();
    await expect.poll(() => live.asked.length).toBeGreaterThan(0);
    await first.letGo();
    await live.letGo();
    await heard(page);
    expect((await options.allTextContents()).slice(0, rows.length - 1)).toEqual(rows.slice(0, -1));
    await expect(options.nth(0)).toHaveAttribute("aria-selected", "true");
    await options.nth(0).click();
    await expect(draft.chip(".*Ковальчук")).toBeVisible();
  });

  test("Enter pressed before the book answers means what it will find, also for who has gone on", async ({ page }) => {
    const draft = new DraftModel(page);
    await draft.begin();
    const book = await hold(page, /\/api\/book\/search/, (_body, url) => url.searchParams.get("text") !== "krü");
    await draft.to.fill("krü");
    await expect(page.getByRole("option").first()).toBeVisible();
    await draft.to.fill("llewellyn sian");
    await draft.to.press("Enter");
    await draft.subject.pressSequentially("meanwhile");
    await book.letGo();
    await expect(draft.chip(".*Llewellyn")).toBeVisible();
    await expect(draft.page.getByRole("button", { name: /Krüger.*:/ })).toHaveCount(0);
    await expect(draft.subject).toHaveValue("meanwhile");
  });

  for (const { name, path, api, waits } of [
    { name: "drafts", path: "/", api: /\/api\/drafts$/, waits: "Reading the drafts…" },
    { name: "draft", path: "", api: /\/api\/drafts\/[^/]+$/, waits: "Reading the draft…" },
    { name: "book", path: "/book", api: /\/api\/book\/search/, waits: "Searching the book…" },
    { name: "sent", path: "/sent", api: /\/api\/messages\?limit=100$/, waits: "Reading the messages…" },
  ]) {
    test(`no skeleton in the first 300 ms, one of the right shape after that: ${name}`, async ({ page, demo }) => {
      const id = await storeDraft(demo, { subject: "Waits" });
      const answer = await hold(page, api);
      // The page's clock stands still but for what the test lets pass: no slow machine makes 300 ms of 200.
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 60_000);
      await page.goto(path || id);
      // What stands there from the start says for screen readers that something is on its way; the bars come later.
      await expect(page.getByRole("main").getByText(waits)).toHaveClass(/visually-hidden/);
      const bars = page.getByRole("status", { name: waits });
      await page.clock.runFor(290);
      await expect(bars).toHaveCount(0);
      await page.clock.runFor(10);
      await expect(bars).toBeVisible();
      await page.clock.resume();
      await answer.letGo();
      await expect(bars).toHaveCount(0);
    });
  }

  test("a program that does not answer at all for a while loses nothing", async ({ page, own }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(own, { action: [people.gbr], subject: "Held up", body: "", label: secret });
    await openDraft(page, own.origin + path);
    await expect(draft.sum()).toHaveText("The recipient may get this");
    own.pause();
    await draft.text.pressSequentially("typed while it hung");
    await draft.to.pressSequentially("kovalch");
    await expect(draft.page.getByText("Saving…")).toBeVisible();
    await expect(draft.text).toHaveValue("typed while it hung");
    own.goOn();
    await expect(draft.saved).toBeVisible();
    await expect(page.getByRole("option").first()).toContainText("Ковальчук");
    await expect
      .poll(async () => (await own.api("GET", `/api/drafts/${path.slice(7)}`)) as object)
      .toMatchObject({
        content: { body: "typed while it hung", typing: { action: "kovalch" } },
      });
  });
});
