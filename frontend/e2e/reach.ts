import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import type { Demo } from "./demo";
import { expect, people, secret } from "./fixtures";

/** A page in one of its states: how to get there, and what tells that one is there. */
export type PageState = { name: string; reach: (page: Page, demo: Demo) => Promise<void> };

/** A draft that the check at Send stops. */
export const blocked = {
  action: [people.gbr, people.deu],
  subject: "Bridge reconnaissance",
  body: "Grid follows.",
  label: secret,
};

/** showCheck opens the check where it is a sheet at the bottom. */
export async function showCheck(page: Page): Promise<void> {
  const open = page.getByRole("button", { name: "Show the check" });
  if (await open.isVisible()) await open.click();
}

/** sendOne sends a message by the interface and waits until the server has taken it. */
export async function sendOne(demo: Demo): Promise<string> {
  const draft = { channel: "mail", ...blocked, action: [people.gbr, people.ukr], subject: "Bridge reconnaissance" };
  const { message } = (await demo.api("POST", "/api/send", { draft })) as { message: string };
  await expect
    .poll(async () => ((await demo.api("GET", `/api/messages/${message}`)) as { state: string }).state)
    .toBe("accepted");
  return message;
}

/** browse goes down the tree of the own nation to a unit in which people stand, by the keyboard alone. */
export async function browse(page: Page): Promise<void> {
  await page.goto("/book/browse");
  const tree = page.getByRole("tree", { name: "Organisations" });
  const current = tree.locator('[role="treeitem"][aria-selected="true"]');
  await tree.focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 12 && (await page.getByRole("row").count()) === 0; i++) {
    const isClosed = (await current.count()) === 0 || (await current.getAttribute("aria-expanded")) === "false";
    await page.keyboard.press("ArrowRight");
    if (isClosed) await expect(tree.getByText("reading…")).toHaveCount(0);
    else
      await page
        .getByText(/ here, | with all below|: \d|Nobody stands/)
        .first()
        .waitFor();
    if ((await current.getAttribute("aria-expanded")) === null) await page.getByRole("row").nth(1).waitFor();
  }
}

/** clearOwn takes away what earlier tests made the user's own. */
export async function clearOwn(demo: Demo): Promise<void> {
  for (const g of (await demo.api("GET", "/api/book/groups")) as components["schemas"]["OwnGroup"][])
    await demo.api("DELETE", `/api/book/groups/${g.id}`);
  for (const f of (await demo.api("GET", "/api/book/favourites")) as components["schemas"]["UsedHit"][])
    await demo.api("DELETE", `/api/book/favourites/${encodeURIComponent(f.id)}`);
}

/** receive asks who may receive NATO SECRET. */
export async function receive(page: Page): Promise<void> {
  await page.goto("/book/receive");
  await page.getByRole("button", { name: "Choose a label" }).click();
  await page.getByRole("radio", { name: "SECRET", exact: true }).check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(/people may receive this/)).toBeVisible();
}

/**
 * settled waits for the end of what moves; what breathes for ever is left alone, and what is folded away, where nothing moves until
 * it is seen.
 */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((a) => a.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .filter((a) => !(a.effect instanceof KeyframeEffect) || a.effect.target?.checkVisibility() !== false)
        .map((a) => a.finished.catch(() => undefined)),
    ),
  );
}
