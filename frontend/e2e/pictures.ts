import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { sizes } from "./cut-off";
import { expect, test } from "./fixtures";
import { type PageState, settled } from "./reach";

const folder = join(import.meta.dirname, "../../build/screenshots");

/** pictures makes those of a state: in both windows, light and dark. */
export function pictures(state: PageState): void {
  test(state.name, async ({ page, demo, watch }) => {
    watch.expected.push(/Failed to load resource/);
    await mkdir(folder, { recursive: true });
    await state.reach(page, demo);
    await page.mouse.move(640, 790);
    for (const viewport of sizes) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
        await take(page, `${state.name}-${colorScheme}-${viewport.width}`);
      }
    }
  });
}

async function take(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.screenshot({ path: join(folder, `${name}.png`), caret: "initial" });
}
