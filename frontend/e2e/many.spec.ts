import { Demo } from "./demo";
import { enter, expect, openDraft, people, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

// Rows and requests are counted, not time: that 5,000 are fluid follows from how little is drawn and asked.
test.describe("5,000 recipients", () => {
  test.describe.configure({ timeout: 300_000 });

  test("are drawn as a few chips and rows, checked in one request, and typing asks nothing", async ({
    page,
    context,
    watch,
  }) => {
    const world = await Demo.start({ people: 1400 });
    await enter(context, watch, world);
    try {
      const all = await everybody(world, 5000);
      expect(all).toHaveLength(5000);
      const path = `${world.origin}${await storeDraft(world, { action: all, subject: "Wide", body: "x", label: secret })}`;
      const checks: string[] = [];
      page.on("request", (r) => {
        if (r.url().includes("/api/check")) checks.push(r.url());
      });
      const draft = new DraftModel(page);
      await openDraft(page, path);
      await expect(draft.sum()).toContainText(/of 5000/);
      expect(checks).toHaveLength(1);
      const drawn = () => page.locator("li").count();
      expect(await drawn()).toBeLessThan(200);

      await draft.text.focus();
      await page.keyboard.type("Grid follows.");
      await draft.subject.fill("Wider");
      await expect(draft.saved).toBeVisible();
      expect(checks).toHaveLength(1);

      await page.getByRole("button", { name: "and 4,976 more" }).click();
      const rows = page.getByRole("region", { name: "5,000 recipients under To (action)" });
      await rows.getByRole("searchbox", { name: "Find among them" }).fill(people.deu);
      await expect(rows.getByRole("listitem")).toHaveCount(1);
      await rows.getByRole("searchbox").fill("");
      await expect.poll(() => rows.getByRole("listitem").count()).toBeGreaterThan(5);
      expect(await drawn()).toBeLessThan(240);
      await rows.getByRole("button", { name: "Close" }).click();

      const leave = draft.check.getByRole("button", { name: /^Leave out/ });
      await leave.click();
      await expect(draft.sum()).toContainText(/^All [\d,]+ may get this$/);
      expect(checks.length).toBeLessThanOrEqual(2);
      const kept = ((await stored(world, path)).content.action ?? []).length;
      await page.keyboard.press("Control+z");
      await expect(draft.sum()).toContainText(/of 5000/);
      expect(checks.length).toBeLessThanOrEqual(2); // as it was: known still
      expect(kept).toBeLessThan(5001);
    } finally {
      await page.close();
      await world.stop();
    }
  });
});

/** everybody gives so many addresses of all nations. */
async function everybody(demo: Demo, n: number): Promise<string[]> {
  const out: string[] = [];
  for (let offset = 0; out.length < n; offset += 1000) {
    const path = `/api/book/search?limit=1000&kind=person&channel=mail&offset=${offset}`;
    const { hits } = (await demo.api("GET", path)) as { hits: { address: string }[] };
    if (hits.length === 0) break;
    for (const h of hits) if (!out.includes(h.address)) out.push(h.address);
  }
  return out.slice(0, n);
}
