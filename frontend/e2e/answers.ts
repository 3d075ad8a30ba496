import type { Page } from "@playwright/test";

/** change lets the program answer what is asked at such addresses, and says something else then. */
export async function change<T>(page: Page, url: string | RegExp, how: (said: T) => unknown): Promise<void> {
  await page.route(url, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: how((await answer.json()) as T) });
  });
}
