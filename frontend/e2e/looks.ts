import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { cutOff, sizes } from "./cut-off";
import { expect, test } from "./fixtures";
import { type PageState, settled } from "./reach";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** looksRight has axe look at a state, light and dark, and whether anything is cut off in either window. */
export function looksRight(state: PageState): void {
  test(state.name, async ({ page, demo, watch }) => {
    watch.expected.push(/Failed to load resource/); // states in which the program refuses or is gone
    // What moves is looked at when it has come to rest: here at once.
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await state.reach(page, demo);
    const light = await violations(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
    expect({ light, dark: await violations(page, colours) }).toEqual({ light: [], dark: [] });
    for (const size of sizes) {
      await page.setViewportSize(size);
      await expect.poll(() => cutOff(page), `at ${size.width}×${size.height}`).toEqual([]);
    }
  });
}

/** The rules that look at colours: the theme changes nothing else. */
const colours = ["color-contrast", "link-in-text-block"];

/**
 * violations runs axe in the page itself and asks for nothing but what is wrong. Otherwise it would open a second page for each run to
 * put together what it found in frames, of which this page has none (its content security policy forbids them), and describe
 * every element that is right.
 */
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  await settled(page);
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const found = await (rules ? axe.withRules(rules) : axe.withTags(tags)).analyze();
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}
