import type { Page } from "@playwright/test";
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

/** settled waits for the end of what moves; what breathes for ever is left alone. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((a) => a.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map((a) => a.finished.catch(() => undefined)),
    ),
  );
}
