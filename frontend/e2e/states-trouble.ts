import type { Page, Route } from "@playwright/test";
import type { components } from "../src/api/schema";
import { change } from "./answers";
import type { Demo } from "./demo";
import { expect, holdAnnouncements, messages, openDraft, people, secret, storeDraft } from "./fixtures";
import { DraftModel } from "./models/draft";
import { type PageState, sendOne, showCheck } from "./reach";

type Schemas = components["schemas"];

const content = { action: [people.gbr, people.ukr], subject: "Bridge reconnaissance", body: "Grid.", label: secret };

async function open(page: Page, demo: Demo, more: Schemas["DraftContent"] = {}): Promise<DraftModel> {
  await openDraft(page, await storeDraft(demo, { ...content, ...more }));
  return new DraftModel(page);
}

/** refuse makes the program answer an operation with a problem, if it fits. */
function refuse(page: Page, url: string, code: string, status: number, fits: (r: Route) => boolean = () => true) {
  const body = JSON.stringify({ title: "Problem", status, code, detail: `the details of ${code}` });
  return page.route(url, (r) =>
    fits(r) ? r.fulfill({ status, contentType: "application/problem+json", body }) : r.continue(),
  );
}

const why = "Could not ask the directory UKR (no answer in 8 s).";

const down = (d: Schemas["SearchDirectory"]): Schemas["SearchDirectory"] =>
  d.nation === "UKR" ? { ...d, state: "down", why } : d;

const failed = (d: Schemas["DirectoryDocument"]): Schemas["DirectoryDocument"] =>
  d.nation === "UKR" ? { ...d, state: "failed", error: why } : d;

const unread = (d: Schemas["SearchDirectory"]): Schemas["SearchDirectory"] => ({
  ...d,
  state: "never-read",
  entries: 0,
  age: null,
  readAt: null,
});

const held = (m: Schemas["Message"]): Schemas["Message"] => ({
  ...m,
  state: "held",
  note: "not cleared any more",
  recipients: m.recipients.map((r, i) => (i === 0 ? r : { ...r, state: "held" })),
});

const isPut = (r: Route) => r.request().method() === "PUT";

/** troubles are the states in which something is not as it should be, or is on its way. */
export const troubles: PageState[] = [
  {
    name: "draft-conflict",
    reach: async (page, demo) => {
      await refuse(page, "**/api/drafts/*", "user-draft-changed", 409, isPut);
      const draft = await open(page, demo);
      await draft.text.fill("Typed in two tabs.");
      await expect(page.getByText("This draft was changed in another tab")).toBeVisible();
    },
  },
  {
    name: "draft-conflict-gone",
    reach: async (page, demo) => {
      await refuse(page, "**/api/drafts/*", "user-draft-gone", 404, isPut);
      const draft = await open(page, demo);
      await draft.text.fill("Typed while it was sent elsewhere.");
      await expect(page.getByText("This draft was sent or deleted in another tab")).toBeVisible();
    },
  },
  {
    name: "draft-gone",
    reach: async (page, demo) => {
      const path = await storeDraft(demo, content);
      await openDraft(page, path);
      await expect(new DraftModel(page).sum()).toHaveText("All 2 may get this");
      await demo.api("DELETE", `/api/drafts/${path.split("/").at(-1)}?version=1`);
      await expect(page.getByRole("heading", { name: "This draft is no longer there" })).toBeVisible();
    },
  },
  {
    name: "draft-session-ended",
    reach: async (page, demo) => {
      const draft = await open(page, demo);
      await expect(draft.sum()).toHaveText("All 2 may get this");
      await refuse(page, "**/api/**", "user-session", 401);
      await draft.text.fill("Typed after the program was started again.");
      await draft.chip(".*Llewellyn").press("Delete");
      await expect(page.getByText("The session has ended").first()).toBeVisible();
    },
  },
  {
    name: "draft-not-saved",
    reach: async (page, demo) => {
      await refuse(page, "**/api/drafts/*", "server-internal", 500, isPut);
      const draft = await open(page, demo);
      await draft.text.fill("Typed on a full disk.");
      await expect(page.getByRole("alert").filter({ hasText: "Not saved" })).toBeVisible();
    },
  },
  {
    name: "draft-sending",
    reach: async (page, demo) => {
      const draft = await open(page, demo);
      await expect(draft.sum()).toHaveText("All 2 may get this");
      await page.route("**/api/send", () => undefined); // no answer
      await draft.send.click();
      await expect(page.getByText(/^Asking the directories again… \d+ s$/)).toBeVisible();
    },
  },
  {
    name: "draft-uncertain",
    reach: async (page, demo) => {
      const draft = await open(page, demo);
      await expect(draft.sum()).toHaveText("All 2 may get this");
      await page.route("**/api/send", (r) => r.abort());
      await page.route("**/api/changes*", (r) => r.abort());
      await draft.send.click();
      await expect(page.getByText("No answer came while sending")).toBeVisible();
    },
  },
  {
    name: "draft-not-sent",
    reach: async (page, demo) => {
      const draft = await open(page, demo);
      await expect(draft.sum()).toHaveText("All 2 may get this");
      await refuse(page, "**/api/send", "server-timeout", 504);
      await draft.send.click();
      await expect(page.getByRole("alert").filter({ hasText: "It took too long" })).toBeVisible();
    },
  },
  {
    name: "draft-check-failed",
    reach: async (page, demo) => {
      await refuse(page, "**/api/check*", "user-unknown-policy", 422);
      const draft = await open(page, demo);
      await expect(draft.sum()).toHaveText("Could not check");
      await showCheck(page);
    },
  },
  {
    name: "draft-completion-incomplete",
    reach: async (page) => {
      await change<Schemas["SearchDocument"]>(page, /book\/search.*scope=all/, (d) => ({
        ...d,
        incomplete: true,
        directories: d.directories.map(down),
      }));
      const draft = new DraftModel(page);
      await draft.begin();
      await draft.to.fill("ma");
      await page.getByRole("option", { name: "Ask all nations’ directories now" }).click();
      await expect(page.getByText("Could not ask: UKR. There may be more.")).toBeVisible();
    },
  },
  {
    name: "draft-half-typed",
    reach: async (page, demo) => {
      await open(page, demo, { typing: { action: "the G2 of the brigade" } });
      await expect(page.getByText("Finish the recipient “the G2 of the brigade”, or clear it.")).toBeVisible();
    },
  },
  {
    name: "draft-many",
    reach: async (page, demo) => {
      const all = (await demo.api("GET", "/api/book/search?text=&limit=300&kind=person")) as Schemas["SearchDocument"];
      const draft = await open(page, demo, { action: all.hits.map((h) => h.address), subject: "Long ".repeat(60) });
      await expect(draft.sum()).toContainText(/of 300/);
      await showCheck(page);
    },
  },
  {
    name: "draft-taken-back",
    reach: async (page, demo) => {
      await holdAnnouncements(page);
      const draft = await open(page, demo, { action: [people.gbr, people.deu] });
      await expect(draft.sum()).toHaveText("1 of 2 may not get this");
      await showCheck(page);
      await draft.check.getByRole("button", { name: /^Leave out/ }).click();
      await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
    },
  },
  {
    name: "label-refused",
    reach: async (page, demo) => {
      await open(page, demo);
      await page.getByRole("button", { name: "Change label" }).click();
      await page.getByRole("radio", { name: "TOP SECRET", exact: true }).hover();
      await expect(page.getByRole("tooltip")).toBeVisible();
    },
  },
  {
    name: "drafts-waiting",
    reach: async (page) => {
      await page.route("**/api/drafts", () => undefined); // no answer
      await page.goto("/");
      await expect(page.getByRole("status", { name: "Reading the drafts…" })).toBeVisible();
    },
  },
  {
    name: "book-incomplete",
    reach: async (page) => {
      await change<Schemas["SearchDocument"]>(page, /book\/search.*scope=all/, (d) => ({
        ...d,
        incomplete: true,
        directories: d.directories.map(down),
      }));
      await page.goto("/book");
      await page.getByRole("searchbox").fill("ma");
      await page.getByRole("button", { name: "Ask the directories now" }).first().click();
      await expect(page.getByText("Could not ask the UKR directory.")).toBeVisible();
    },
  },
  {
    name: "book-empty",
    reach: async (page) => {
      const nothing = (d: Schemas["SearchDocument"]) => ({ ...d, hits: [], directories: d.directories.map(unread) });
      await change(page, /book\/search/, nothing);
      await page.goto("/book");
      await expect(page.getByRole("heading", { name: "The book is still empty" })).toBeVisible();
    },
  },
  {
    name: "book-unknown-entry",
    reach: async (page) => {
      await page.goto("/book/GBR:nobody");
      await expect(page.getByRole("heading", { name: "This entry is not in the book" })).toBeVisible();
    },
  },
  {
    name: "sent-empty",
    reach: async (page) => {
      await change(page, /\/api\/messages\?/, () => []);
      await page.goto("/sent");
      await expect(page.getByRole("heading", { name: "Nothing has been sent yet" })).toBeVisible();
    },
  },
  {
    name: "sent-decisions",
    reach: async (page, demo) => {
      await sendOne(demo);
      await change<Schemas["Message"][]>(page, /\/api\/messages\?/, ([first, ...others]) =>
        first ? [held(first), ...others] : [],
      );
      await page.goto("/sent");
      await expect(page.getByRole("heading", { name: "1 message needs your decision" })).toBeVisible();
    },
  },
  {
    name: "sent-held",
    reach: async (page, demo) => {
      const id = await sendOne(demo);
      await change<Schemas["EvidenceDocument"]>(page, /\/evidence$/, (e) => ({ ...e, message: held(e.message) }));
      await page.goto(`/sent/${id}`);
      await expect(page.getByRole("heading", { name: "This needs your decision" })).toBeVisible();
    },
  },
  {
    name: "sent-refused",
    reach: async (page, demo) => {
      const id = await sendOne(demo);
      const reply = "5.7.1 <olena.kovalchuk@ukr.example>: relaying of this label is not permitted by the site's policy";
      await change<Schemas["EvidenceDocument"]>(page, /\/evidence$/, (e) => ({
        ...e,
        message: {
          ...e.message,
          state: "refused",
          recipients: e.message.recipients.map((r, i) => (i === 0 ? r : { ...r, state: "refused", code: 550, reply })),
        },
      }));
      await page.goto(`/sent/${id}`);
      await expect(page.getByText("Refused for 1 of 2").filter({ visible: true }).first()).toBeVisible();
    },
  },
  {
    name: "sent-tampered",
    reach: async (page, demo) => {
      await sendOne(demo);
      await refuse(page, "**/evidence", "server-tampered", 500);
      await page.goto(`/sent/${(await messages(demo))[0]?.id}`);
      await expect(page.getByText("This message does not match the audit log")).toBeVisible();
    },
  },
  {
    name: "directories-down",
    reach: async (page) => {
      await change<Schemas["DirectoryDocument"][]>(page, /\/api\/directories$/, (all) => all.map(failed));
      await page.goto("/");
      await page.getByRole("button", { name: "1 of 4 directories not read" }).click();
      await expect(page.getByRole("button", { name: "Read now" })).toBeVisible();
    },
  },
  {
    name: "warnings",
    reach: async (page) => {
      const warning =
        "The policy NATO ends on 2026-12-01T00:00:00Z: after that nothing can be checked or sent under it.";
      await change<Schemas["InstallationDocument"]>(page, /\/api\/installation/, (i) => ({
        ...i,
        warnings: [warning],
      }));
      await page.goto("/");
      await expect(page.getByText(warning)).toBeVisible();
    },
  },
  {
    name: "narrow",
    reach: async (page, demo) => {
      const draft = await open(page, demo);
      await expect(draft.sum()).toHaveText("All 2 may get this");
      await page.getByRole("button", { name: "Collapse", exact: true }).click();
      await expect(page.getByRole("button", { name: "Expand", exact: true })).toBeVisible();
    },
  },
];
