import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { lasting } from "../src/components/announce";
import { Demo, type Program, type Role } from "./demo";

type Schemas = components["schemas"];

/** Addresses of the demonstration's people (backend/demo/special.go). */
export const people = {
  user: "sarah.whitfield@gbr.example",
  gbr: "sian.llewellyn@gbr.example",
  ukr: "olena.kovalchuk@ukr.example",
  deu: "juergen.krueger@deu.example",
  ukrRestricted: "iryna.melnyk@ukr.example",
  ukrNone: "maksym.doroshenko@ukr.example",
  ukrUnreadable: "yuliia.savchuk@ukr.example",
  ukrNoATOMAL: "andrii.lysak@ukr.example",
} as const;

export const secret = { policy: "NATO", classification: "SECRET", categories: { Context: ["MROD"] } };
export const restricted = { ...secret, classification: "RESTRICTED" };

export type Watch = {
  /** Where requests may go: the programs of this test. */
  homes: string[];
  /** Requests that left for another place than the program. */
  foreign: string[];
  /** Errors of scripts, and what the content security policy refused. */
  errors: string[];
  /** What may be said in the console in this test, such as the refusals that it provokes. */
  expected: RegExp[];
  requests: number;
};

/** How many times slower the browser's processor is made: `CAVEAT_SLOW=4 npm run e2e` finds what a slow machine would. */
const slow = Number(process.env.CAVEAT_SLOW ?? 1);

/** throttle makes a page so slow; one that has closed meanwhile needs nothing any more. */
async function throttle(page: Page): Promise<void> {
  try {
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slow });
  } catch (error) {
    if (!page.isClosed()) throw error;
  }
}

/** own: a program of this test's own, for what stops it, breaks it, or wants nothing sent before. */
type Fixtures = { watch: Watch; own: Demo };
/** roles: what the user of the shared demonstration may do; a file that says another starts one of its own: `test.use({ roles })`. */
type WorkerFixtures = { demo: Demo; roles: Role[] };

/**
 * test starts every test with a page that has a session, no drafts, and a record of every request: one that leaves for
 * anywhere else, a script error or a breach of the content security policy fails the test, whatever it is about.
 */
export const test = base.extend<Fixtures & { _clean: undefined }, WorkerFixtures>({
  roles: [["drafter"], { option: true, scope: "worker" }],
  demo: [
    async ({ roles }, use) => {
      const demo = await Demo.start({ roles });
      await use(demo);
      await demo.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.origin),
  watch: [
    async ({ context, demo }, use) => {
      const watch: Watch = { homes: [demo.origin], foreign: [], errors: [], expected: [], requests: 0 };
      context.on("request", (r) => {
        watch.requests++;
        const home = [...watch.homes.map((h) => `${h}/`), "blob:", "data:"].some((h) => r.url().startsWith(h));
        if (!home) watch.foreign.push(r.url());
      });
      context.on("console", (m) => {
        if (m.type() === "error") watch.errors.push(m.text());
      });
      context.on("weberror", (e) => watch.errors.push(e.error().message));
      await use(watch);
      expect(watch.foreign, "requests to elsewhere").toEqual([]);
      const unexpected = watch.errors.filter((e) => !watch.expected.some((x) => x.test(e)));
      expect(unexpected, "errors in the page").toEqual([]);
    },
    { auto: true },
  ],
  _clean: [
    async ({ demo }, use) => {
      await expect.poll(() => deleteDrafts(demo), "drafts of the test before").toBe(0);
      for (const t of (await demo.api("GET", "/api/templates")) as Schemas["Template"][])
        await demo.api("DELETE", `/api/templates/${t.id}`);
      await use(undefined);
    },
    { auto: true },
  ],
  context: async ({ context, demo }, use) => {
    await context.addCookies([await demo.cookie()]);
    if (slow > 1) context.on("page", (p) => void throttle(p));
    await use(context);
    // A page may still ask something when its test ends; an answer that is being altered then has nobody to go to.
    for (const p of context.pages()) await p.unrouteAll({ behavior: "ignoreErrors" });
  },
  own: async ({ context, watch }, use) => {
    const own = await Demo.start({ people: 100 });
    await enter(context, watch, own);
    await use(own);
    for (const p of context.pages()) await p.close(); // they would miss it
    await own.stop();
  },
});

export { expect };

/** deleteDrafts deletes what there is, and tells how much that was: a save of the test before may just be arriving. */
async function deleteDrafts(demo: Demo): Promise<number> {
  const all = await drafts(demo);
  const path = (d: Schemas["DraftSummary"]) => `/api/drafts/${d.id}?version=${d.version}`;
  await Promise.allSettled(all.map((d) => demo.api("DELETE", path(d))));
  return all.length;
}

/**
 * holdAnnouncements lets the lines at the bottom stay until something is done about them: a machine that is slow for a while
 * would look too late for what is shown for seconds only.
 */
export async function holdAnnouncements(page: Page): Promise<void> {
  await page.addInitScript((shown) => {
    const real = window.setTimeout.bind(window);
    const held = (f: TimerHandler, ms?: number, ...more: unknown[]) => (ms === shown ? 0 : real(f, ms, ...more));
    window.setTimeout = held as typeof window.setTimeout;
  }, lasting);
}

/** enter gives the browser a session with another program than the worker's. */
export async function enter(context: BrowserContext, watch: Watch, program: Program): Promise<void> {
  watch.homes.push(program.origin);
  await context.addCookies([await program.cookie()]);
}

/** storeDraft puts a draft into the program, as if it had been typed, and gives the path of its page. */
export async function storeDraft(demo: Program, content: Schemas["DraftContent"]): Promise<string> {
  const id = Array.from({ length: 20 }, () => Math.floor(Math.random() * 36).toString(36)).join("");
  await demo.api("PUT", `/api/drafts/${id}`, { version: 0, content: { channel: "mail", ...content } });
  return `/draft/${id}`;
}

/** stored reads the draft of a path as the program keeps it. */
export async function stored(demo: Program, path: string): Promise<Schemas["StoredDraft"]> {
  return (await demo.api("GET", `/api/drafts/${path.split("/").at(-1)}`)) as Schemas["StoredDraft"];
}

export async function drafts(demo: Program): Promise<Schemas["DraftSummary"][]> {
  return (await demo.api("GET", "/api/drafts")) as Schemas["DraftSummary"][];
}

/** messages lists what was ever queued, newest first. */
export async function messages(demo: Program): Promise<Schemas["Message"][]> {
  return (await demo.api("GET", "/api/messages?limit=1000")) as Schemas["Message"][];
}

/** openDraft opens the page of a draft and waits until its check has answered. */
export async function openDraft(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("textbox", { name: "Text" })).toBeVisible();
}
