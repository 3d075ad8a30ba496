import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { change } from "./answers";
import type { Demo } from "./demo";
import { expect, openDraft, people, secret, storeDraft } from "./fixtures";
import { DraftModel } from "./models/draft";
import { blocked, type PageState, showCheck } from "./reach";

type Report = components["schemas"]["Report"];

/** changeReport lets the program check, and says something else of it then. */
export function changeReport(page: Page, url: string, how: (said: Report) => Report) {
  return change(page, url, (said: Report & { report?: Report }) =>
    said.report ? { ...said, report: how(said.report) } : how(said),
  );
}

/** What an installation with rules of its own may answer, beside what this one does. */
export const troubled = (r: Report): Report => ({
  ...r,
  sendable: false,
  parts: [
    {
      kind: "paragraph",
      index: 1,
      name: "",
      marking: "NATO/MROD SECRET ATOMAL",
      portion: "NS ATOMAL",
      valid: false,
      problems: [
        { rule: "part-above-label", text: "the label of paragraph 2 is not covered by the label of the whole" },
      ],
    },
    {
      kind: "attachment",
      index: 0,
      name: "a-plan-with-a-rather-long-name-of-its-own-2026-11.pdf",
      marking: "",
      portion: "",
      valid: false,
      problems: [{ rule: "part-unreadable", text: "the label of the attachment cannot be read" }],
    },
  ],
  thresholds: [limit("block")],
  warnings: [
    { kind: "reached-twice", text: "More than one address reaches: Olena Kovalchuk.", addresses: [people.ukr] },
    { kind: "policy-ends", text: "The policy NATO ends on 5 Dec 2026, 00:00Z.", addresses: [] },
  ],
});

const limit = (action: "warn" | "block") => ({
  name: "wide-secret",
  classification: "SECRET",
  limit: 2,
  recipients: 3,
  action,
  text: "",
});

const ways = (r: Report): Report => ({
  ...r,
  fixes: [
    { kind: "other-address", replaces: [people.deu], addresses: ["juergen.krueger@atomal.deu.example"], text: "" },
    { kind: "role", replaces: [people.deu], addresses: ["g3.1pzdiv@deu.example"], text: "" },
    ...r.fixes.map((f) => (f.kind === "split" ? { ...f, parts: [0, 1], attachments: [0] } : f)),
  ],
});

const hoursAgo = (n: number) => new Date(Date.now() - n * 3_600_000 - 1000).toISOString();

const warned = (r: Report): Report => ({
  ...r,
  fixes: r.fixes.filter((f) => f.kind === "remove"),
  thresholds: [limit("warn")],
  recipients: r.recipients.map((x) =>
    x.verdict.outcome === "cleared"
      ? x
      : { ...x, verdict: { ...x.verdict, action: "warn" }, was: { outcome: "cleared", readAt: hoursAgo(3) } },
  ),
});

const three = { ...blocked, action: [people.gbr, people.ukr, people.deu] };

async function open(page: Page, demo: Demo, content: object): Promise<DraftModel> {
  await openDraft(page, await storeDraft(demo, content));
  return new DraftModel(page);
}

/** recipientStates are those of the recipient fields, the check and the block at Send. */
export const recipientStates: PageState[] = [
  {
    name: "recipients-menu",
    reach: async (page, demo) => {
      const draft = await open(page, demo, { ...three, info: ["planning-list@ukr.example"] });
      await expect(draft.sum()).toContainText("may not get this");
      await page.getByRole("button", { name: /^UKR .*List.*:/ }).click();
      await expect(page.getByRole("menuitem", { name: "Show who is in it" })).toBeVisible();
    },
  },
  {
    name: "recipients-group",
    reach: async (page, demo) => {
      const draft = await open(page, demo, { ...three, action: [people.gbr, "planning-list@ukr.example"] });
      await expect(draft.sum()).toContainText(/may not get this|could not be checked/);
      await page.getByRole("button", { name: /^UKR .*List.*:/ }).click();
      await page.getByRole("menuitem", { name: "Show who is in it" }).click();
      await expect(
        page
          .getByRole("region", { name: /^Who is in / })
          .getByRole("button")
          .first(),
      ).toBeVisible();
    },
  },
  {
    name: "recipients-many",
    reach: async (page, demo) => {
      const { hits } = (await demo.api("GET", "/api/book/search?limit=200&kind=person")) as {
        hits: { address: string }[];
      };
      const draft = await open(page, demo, { ...three, action: hits.map((h) => h.address) });
      await expect(draft.sum()).toContainText(/of 200/);
      await page.getByRole("button", { name: "and 176 more" }).click();
      await expect(page.getByRole("listitem").filter({ hasText: "@" }).nth(2)).toBeVisible();
      await showCheck(page);
    },
  },
  {
    name: "recipients-completion-label",
    reach: async (page, demo) => {
      const draft = await open(page, demo, { body: "x", label: secret });
      await draft.to.fill("me");
      await expect(page.getByText(/not cleared for this label/).first()).toBeVisible();
    },
  },
  {
    name: "check-parts",
    reach: async (page, demo) => {
      await changeReport(page, "**/api/check*", troubled);
      const draft = await open(page, demo, three);
      await expect(draft.sum()).toHaveText("The labels of 2 parts stand in the way");
      await showCheck(page);
    },
  },
  {
    name: "check-ways",
    reach: async (page, demo) => {
      await changeReport(page, "**/api/check*", ways);
      const draft = await open(page, demo, three);
      await expect(draft.sum()).toHaveText("1 of 3 may not get this");
      await showCheck(page);
      await draft.check.getByRole("button", { name: /^Write to .* at / }).focus();
      await expect(page.getByText("then juergen.krueger@atomal.deu.example")).toBeVisible();
    },
  },
  {
    // As the demonstration itself has it: a role of the same unit, and the others.
    name: "draft-ways",
    reach: async (page, demo) => {
      const atomal = { ...secret, categories: { ...secret.categories, "Special Category Designators": ["ATOMAL"] } };
      const draft = await open(page, demo, {
        ...three,
        action: [people.gbr, people.ukr, people.ukrNoATOMAL],
        label: atomal,
      });
      await expect(draft.sum()).toHaveText("1 of 3 may not get this");
      await showCheck(page);
      await draft.check.getByRole("button", { name: /^Write to .* instead of / }).focus();
      await expect(page.getByText("then g2.duty@ukr.example")).toBeVisible();
    },
  },
  {
    name: "block-changed",
    reach: async (page, demo) => {
      await changeReport(page, "**/api/send", warned);
      const draft = await open(page, demo, { ...three, action: [people.gbr, people.ukr, people.ukrRestricted] });
      await expect(draft.sum()).toHaveText("1 of 3 may not get this");
      await draft.send.click();
      await expect(draft.stopped.getByText("Cleared 3 h ago, not now.")).toBeVisible();
    },
  },
];
