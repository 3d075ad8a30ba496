import type { Page } from "@playwright/test";
import { answerChat, type Made, roomId, said } from "./chat-made";
import { expect, test } from "./fixtures";

// Figures, not verdicts. The peer of the flood is the same conversation, in the same page and run, in which nobody says anything.

const small = process.env.CAVEAT_BENCH_SMALL !== undefined; // a run that only shows that it works
const perSecond = 100;
const seconds = small ? 2 : 30;
const rows: string[] = [];

test("a hundred messages a second", async ({ page }) => {
  const made = await answerChat(page, { messages: { [roomId]: Array.from({ length: 100 }, (_, i) => said(i)) } });
  await page.goto(`/chat/${roomId}`);
  await expect(page.getByText("Bridge report 99", { exact: true })).toBeVisible();
  note("frames of a room in which nobody says anything", await framesWhile(page, () => pause(seconds * 1000)));
  made.asked = 0;
  const frames = await framesWhile(page, () => flood(made));
  note(`frames of a room with ${perSecond} messages a second`, frames);
  rows.push(`| questions in a second meanwhile | ${(made.asked / seconds).toFixed(1)} | | |`);
  const end = made.messages[roomId]?.length ?? 0;
  await expect(page.getByText(`Bridge report ${end - 1}`, { exact: true })).toBeInViewport();
  rows.push(`| rows drawn, of ${end} messages | ${await page.getByRole("log").getByRole("article").count()} | | |`);
});

test.afterAll(() => {
  process.stdout.write(`${["| measured | p50 | p95 | max |", "|---|---:|---:|---:|", ...rows].join("\n")}\n`);
});

const pause = (ms: number) => new Promise<void>((later) => setTimeout(later, ms));

/** flood has people say so much as the clock has room for: a machine that is late catches up. */
async function flood(made: Made): Promise<void> {
  const list = made.messages[roomId] ?? [];
  const first = list.length;
  const begin = performance.now();
  for (let ms = 0; ms < seconds * 1000; ms = performance.now() - begin) {
    const due = first + Math.floor((ms / 1000) * perSecond);
    while (list.length < due) list.push(said(list.length));
    made.tell("chat", roomId);
    await pause(10);
  }
}

/** framesWhile is the time between frames of the page while something happens, ms. */
async function framesWhile(page: Page, happens: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    let last = performance.now();
    let isOn = true;
    const frame = (now: number) => {
      times.push(now - last);
      last = now;
      if (isOn) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(window, {
      endFrames: () => {
        isOn = false;
        return times;
      },
    });
  });
  await happens();
  return page.evaluate(() => (window as unknown as { endFrames: () => number[] }).endFrames());
}

function note(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q: number) => `${(sorted[Math.ceil(q * sorted.length) - 1] ?? 0).toFixed(1)} ms`;
  rows.push(`| ${what} (${times.length}) | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`);
}
