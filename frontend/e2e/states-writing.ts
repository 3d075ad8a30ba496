import type { Page } from "@playwright/test";
import type { Demo } from "./demo";
import { expect, openDraft, people, restricted, secret, storeDraft } from "./fixtures";
import { DraftModel } from "./models/draft";
import { type PageState, sendOne } from "./reach";

const content = { action: [people.gbr, people.ukr], subject: "Bridge reconnaissance", body: "Grid.", label: secret };

const parts = [
  { text: "The bridge at the northern crossing carries vehicles of up to thirty tonnes.", label: restricted },
  { text: "Grid and approaches follow. The eastern approach is under observation.", label: secret },
  { text: "Weather is as forecast.", label: "" },
];

const file = (name: string, size: number) => ({ name, mimeType: "text/plain", buffer: Buffer.alloc(size, "x") });

async function open(page: Page, demo: Demo, more: Record<string, unknown> = {}): Promise<DraftModel> {
  await openDraft(page, await storeDraft(demo, { ...content, ...more }));
  return new DraftModel(page);
}

/** openMarked opens a draft whose text is paragraphs: it has no one text to wait for. */
async function openMarked(page: Page, demo: Demo): Promise<DraftModel> {
  await page.goto(await storeDraft(demo, { ...content, body: "", parts }));
  const draft = new DraftModel(page);
  await expect(draft.mark(1)).toHaveText(/^\(.+\)$/);
  return draft;
}

/** writing are the states of what a draft has beside recipients and text. */
export const writing: PageState[] = [
  {
    name: "draft-portions",
    reach: async (page, demo) => {
      await openMarked(page, demo);
      await expect(page.getByText("First mark paragraph 3.")).toBeVisible();
    },
  },
  {
    name: "draft-portion-mark",
    reach: async (page, demo) => {
      const draft = await openMarked(page, demo);
      await draft.mark(2).click();
      await expect(page.getByRole("region", { name: "Mark of paragraph 2" })).toBeVisible();
    },
  },
  {
    name: "draft-portions-off",
    reach: async (page, demo) => {
      await openMarked(page, demo);
      await page.getByRole("switch", { name: "Portion marks" }).click();
      await expect(page.getByRole("button", { name: "Take the marks off" })).toBeVisible();
    },
  },
  {
    name: "draft-attachments",
    reach: async (page, demo) => {
      const draft = await open(page, demo);
      await draft.attach(
        file("grid.txt", 900),
        file("a-long-name-of-a-report-on-the-northern-bridge-and-its-piers.txt", 2_400_000),
      );
      await expect(page.getByRole("link", { name: /^Save/ })).toHaveCount(2);
      await page.route("**/api/attachments?*", () => undefined);
      await draft.attach(file("approaches.txt", 5000));
      await expect(page.getByRole("progressbar")).toBeVisible();
    },
  },
  {
    name: "draft-attachment-failed",
    reach: async (page, demo) => {
      const draft = await open(page, demo);
      const body = JSON.stringify({
        title: "Problem",
        status: 500,
        code: "server-internal",
        detail: "the disk is full",
      });
      await page.route("**/api/attachments?*", (r) =>
        r.fulfill({ status: 500, contentType: "application/problem+json", body }),
      );
      await draft.attach(file("grid.txt", 900));
      await expect(page.getByText("Not attached:")).toBeVisible();
    },
  },
  {
    name: "draft-military",
    reach: async (page, demo) => {
      await open(page, demo, {
        primaryPrecedence: "immediate",
        copyPrecedence: "routine",
        sic: ["ABC", "DEF"],
        messageType: 'exercise; identifier="NORTHERN LIGHT"',
        handling: ["Personal for the commander"],
      });
      await page.getByRole("button", { name: /^Military fields: Action Immediate/ }).click();
      await expect(page.getByRole("combobox", { name: "Precedence (action)" })).toBeVisible();
    },
  },
  {
    name: "draft-later",
    reach: async (page, demo) => {
      await open(page, demo, { sendAt: "2099-11-21T14:05:00Z" });
      await page.getByRole("button", { name: "Choose when it is sent" }).click();
      await expect(page.getByRole("textbox", { name: "Time (UTC)" })).toBeVisible();
    },
  },
  {
    name: "draft-relabel",
    reach: async (page, demo) => {
      await open(page, demo);
      await page.getByRole("button", { name: "Change label" }).click();
      await page.getByRole("radio", { name: "RESTRICTED", exact: true }).check();
      await expect(page.getByRole("button", { name: "Use this label" })).toBeVisible();
    },
  },
  {
    name: "draft-relabel-waits",
    reach: async (page, demo) => {
      await open(page, demo);
      await page.getByRole("button", { name: "Change label" }).click();
      await page.getByRole("radio", { name: "RESTRICTED", exact: true }).check();
      await expect(page.getByRole("button", { name: "Use this label" })).toBeVisible();
      await page.getByRole("button", { name: "Done" }).click();
      await expect(page.getByRole("button", { name: "Keep the label it has" })).toBeVisible();
    },
  },
  {
    name: "draft-everyone",
    reach: async (page, demo) => {
      await open(page, demo, { label: null });
      await page.getByRole("button", { name: "Choose a label" }).click();
      await expect(page.getByRole("region", { name: "What everyone here can get" })).toBeVisible();
    },
  },
  {
    name: "draft-history",
    reach: async (page, demo) => {
      const path = await storeDraft(demo, content);
      const id = path.split("/").at(-1);
      const later = { ...content, channel: "mail", body: "Rewritten in haste." };
      await demo.api("PUT", `/api/drafts/${id}`, { version: 1, content: later });
      await openDraft(page, path);
      await page.getByRole("button", { name: "History" }).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: /Grid\./ })
        .click();
      await expect(page.getByRole("button", { name: /^Restore the version/ })).toBeVisible();
    },
  },
  {
    name: "draft-template",
    reach: async (page, demo) => {
      await open(page, demo);
      await page.getByRole("button", { name: "Save as template" }).click();
      await expect(page.getByRole("button", { name: /^(Save|Replace) the template/ })).toBeVisible();
    },
  },
  {
    name: "draft-reply",
    reach: async (page, demo) => {
      const id = await sendOne(demo);
      await page.goto(`/sent/${id}`);
      await page.getByRole("button", { name: "Forward" }).click();
      await expect(page.getByRole("region", { name: "Attachments" })).toBeVisible();
    },
  },
  {
    name: "drafts-templates",
    reach: async (page, demo) => {
      await demo.api("PUT", "/api/templates/0123456789abcdef", {
        name: "Bridge report",
        content: { channel: "mail", ...content },
      });
      await page.goto("/");
      await expect(page.getByRole("button", { name: "Delete the template Bridge report" })).toBeVisible();
    },
  },
  {
    name: "drafts-from-file",
    reach: async (page) => {
      await page.goto("/");
      await page.getByRole("button", { name: "From a message file" }).click();
      await expect(page.getByRole("button", { name: "Forward…" })).toBeVisible();
    },
  },
];
