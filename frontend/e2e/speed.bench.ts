import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CDPSession, Locator, Page } from "@playwright/test";
import { Demo } from "./demo";
import { enter, expect, people, restricted, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";
import { sendOne } from "./reach";

// Figures, not verdicts: nothing here fails because a machine is slow. Each typing latency has a peer in the same run: the same
// keys in a plain textarea on an empty page of the same browser.

const small = process.env.CAVEAT_BENCH_SMALL !== undefined; // a run that only shows that it works
const paints = small ? 2 : 20;
const keys = small ? 20 : 300;
const many = small ? 400 : 5000; // recipients
const drafts = small ? 2 : 120; // an hour's worth: one every thirty seconds
const searches = small ? 4 : 600; // and one every six
const rows: string[] = [];

test.describe.configure({ mode: "serial" });

test("first useful paint", async ({ page, demo }) => {
  const path = await storeDraft(demo, { subject: "Bridge reconnaissance" });
  note("first useful paint: the recipient field of a draft can be typed in", await usefulPaints(page, path));
});

test("many recipients", async ({ page, context, watch }) => {
  const world = await Demo.start({ people: Math.max(400, Math.ceil((many * 1.12) / 4)) });
  await enter(context, watch, world);
  try {
    const action = await everybody(world, many);
    const whom = `${action.length.toLocaleString("en")} recipients`;
    const path = world.origin + (await storeDraft(world, { action, subject: "Wide", body: "x", label: restricted }));
    note(`first useful paint of a draft to ${whom}`, await usefulPaints(page, path));
    const draft = new DraftModel(page);
    await expect(draft.sum()).toContainText(/may|checked/, { timeout: 60_000 });
    note(`a key in the recipient field to the next paint, ${whom}`, await typing(page, draft.to, "fgh kl"));
    await draft.to.fill("");
    note(`a key in the text to the next paint, ${whom}`, await typing(page, draft.text, "grid "));
  } finally {
    await page.close();
    await world.stop();
  }
});

test("typing, the peer", async ({ page }) => {
  await page.goto("about:blank");
  await page.evaluate(() => {
    document.body.replaceChildren(document.createElement("textarea"));
  });
  note("the same in a plain textarea on an empty page", await typing(page, page.locator("textarea"), "grid "));
});

test("memory after an hour's worth of use", async ({ page, demo, watch }) => {
  watch.expected.push(/status of 409/);
  const cdp = await page.context().newCDPSession(page);
  await page.goto("/");
  await page.getByRole("heading", { name: "No drafts" }).waitFor();
  await visit(page);
  const before = await memory(cdp);
  const use = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      await writeOne(page, demo, i);
      if (i % 20 === 0) await visit(page);
      await search(page, searches / drafts);
    }
    await page.getByRole("link", { name: "Drafts" }).click();
  };
  await use(0, drafts / 2);
  const half = await memory(cdp);
  await use(drafts / 2, drafts);
  const after = await memory(cdp);
  const mib = (n: number) => `${(n / 2 ** 20).toFixed(1)} MiB`;
  rows.push(`| memory of scripts at the start, after a look at every page | ${mib(before.heap)} | | |`);
  rows.push(`| after half of the hour's use, without a reload | ${mib(half.heap)} | | |`);
  rows.push(`| after ${drafts} drafts and ${searches} searches | ${mib(after.heap)} | | |`);
  rows.push(`| nodes of the page, at the start and at the end | ${before.nodes} | ${after.nodes} | |`);
  rows.push(`| listeners, at the start and at the end | ${before.listeners} | ${after.listeners} | |`);
});

test.afterAll(async () => {
  const table = ["| measured | p50 | p95 | max |", "|---|---:|---:|---:|", ...rows].join("\n");
  process.stdout.write(`${table}\n`);
  if (!process.env.CAVEAT_BENCH_WRITE) return;
  const path = join(import.meta.dirname, "../../docs/benchmarks.md");
  const text = await readFile(path, "utf8");
  const [begin, end] = ["<!-- browser:begin -->", "<!-- browser:end -->"];
  const [head, rest] = text.split(begin);
  const tail = rest?.split(end)[1];
  if (tail === undefined) throw new Error(`${path} has no place for the figures: ${begin} … ${end}`);
  await writeFile(path, `${head}${begin}\n${table}\n${end}${tail}`);
});

function note(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q: number) => `${(sorted[Math.ceil(q * sorted.length) - 1] ?? 0).toFixed(1)} ms`;
  rows.push(`| ${what} (${times.length}) | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`);
}

/** typing presses keys one by one, and measures in the page from each keydown to the paint that follows it. */
async function typing(page: Page, field: Locator, text: string): Promise<number[]> {
  await field.focus();
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { keyTimes: times });
    document.addEventListener(
      "keydown",
      () => {
        const start = performance.now();
        // The frame after the next is begun when the one with the change has been painted.
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => times.push(performance.now() - start);
          channel.port2.postMessage(null);
        });
      },
      true,
    );
  });
  for (let i = 0; i < keys; i++) {
    await page.keyboard.press(text[i % text.length] === " " ? "Space" : (text[i % text.length] ?? "a"));
  }
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { keyTimes: number[] }).keyTimes.length))
    .toBe(keys);
  return page.evaluate(() => (window as unknown as { keyTimes: number[] }).keyTimes);
}

/** usefulPaints opens a page again and again, and has it look at the clock itself: the way to this process is not part of it. */
async function usefulPaints(page: Page, path: string): Promise<number[]> {
  const times: number[] = [];
  await page.addInitScript(() => {
    const watch = new MutationObserver(() => {
      const field = document.querySelector<HTMLInputElement>('input[role="combobox"]');
      if (!field || field.disabled) return;
      watch.disconnect();
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => Object.assign(window, { usefulAt: performance.now() });
        painted.port2.postMessage(null);
      });
    });
    watch.observe(document, { subtree: true, childList: true, attributes: true });
  });
  const usefulAt = () => page.evaluate(() => (window as unknown as { usefulAt?: number }).usefulAt ?? 0);
  for (let i = 0; i <= paints; i++) {
    await page.goto(path);
    await expect.poll(usefulAt).toBeGreaterThan(0);
    if (i > 0) times.push(await usefulAt()); // the first warms the program and the browser
  }
  return times;
}

/** everybody gives so many addresses of all nations. */
async function everybody(demo: Demo, n: number): Promise<string[]> {
  const out = new Set<string>();
  for (let offset = 0; out.size < n; offset += 1000) {
    const path = `/api/book/search?limit=1000&kind=person&channel=mail&offset=${offset}`;
    const { hits } = (await demo.api("GET", path)) as { hits: { address: string }[] };
    if (hits.length === 0) throw new Error(`only ${out.size} people have an address, ${n} are wanted`);
    for (const h of hits) out.add(h.address);
  }
  return [...out].slice(0, n);
}

async function writeOne(page: Page, demo: Demo, i: number): Promise<void> {
  const draft = new DraftModel(page);
  await page.getByRole("link", { name: "New draft" }).click();
  await draft.to.fill("llewellyn sian");
  await page
    .getByRole("option", { name: /Llewellyn/ })
    .first()
    .click();
  await draft.to.fill(people.deu);
  await page.keyboard.press("Enter");
  await draft.label(i % 2 === 0 ? "SECRET" : "RESTRICTED");
  await draft.subject.fill(`Draft ${i}`);
  await draft.text.fill("Grid follows. ".repeat(100));
  await expect(draft.sum()).toContainText("may");
  if (i % 2 === 0) {
    await draft.check.getByRole("button", { name: /^Leave out/ }).click();
    await page.getByRole("button", { name: /^Send to 1/ }).click();
    await expect(page).toHaveURL(/\/sent\//);
  } else {
    await page.getByRole("link", { name: "Drafts" }).click();
    await page.getByRole("button", { name: `Delete the draft “Draft ${i}”` }).click();
    await expect(page.getByText(`Draft ${i}`, { exact: true })).toBeHidden();
  }
  if (i === 0) await sendOne(demo);
}

async function search(page: Page, times: number): Promise<void> {
  await page.getByRole("link", { name: "Book" }).click();
  for (let i = 0; i < times; i++) {
    await page.getByRole("searchbox").fill(["ma", "shev", "kov", "planning", "j3"][i % 5] ?? "a");
    await page.getByRole("row").nth(1).waitFor();
  }
}

/** visit looks at every page. */
async function visit(page: Page): Promise<void> {
  for (const name of ["Book", "Sent", "Drafts", "New draft", "Drafts"])
    await page.getByRole("link", { name, exact: true }).click();
}

async function memory(cdp: CDPSession): Promise<{ heap: number; nodes: number; listeners: number }> {
  await cdp.send("Performance.enable");
  for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((m) => m.name === name)?.value ?? 0;
  return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners") };
}
