import type { Locator, Page } from "@playwright/test";

/** tabTo presses a key until a thing has the focus; it must be in reach. */
export async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab"): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if (await target.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error("it cannot be reached with the keyboard");
}
