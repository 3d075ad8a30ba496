import type { Locator, Page } from "@playwright/test";
import type { Message, SentClaim } from "../src/api/types";
import { change } from "./answers";
import type { Demo } from "./demo";
import { expect } from "./fixtures";
import { answer, faulty, large, many, plain, stranger } from "./inbox-made";
import { type PageState, sendOne } from "./reach";

/** Subjects of the demonstration's first mail (backend/demo/firstmail.go). */
export const firstMail = {
  flash: "Northern bridge closed to all traffic",
  only: "Watch bill for the weekend",
  file: "Convoy plan and load list",
  twoLabels: "Road report, second edition",
  html: "Weather outlook",
  assumed: "Bahnverladung Donnerstag",
  unlabelled: "Shower block closed on Tuesday",
} as const;

/** openInbox opens the demonstration's inbox, once its first mail is there. */
export async function openInbox(page: Page): Promise<void> {
  await page.goto("/inbox");
  await seek(page, firstMail.flash);
  await received(page).evaluate((grid) => grid.scrollTo(0, 0));
}

/** openMail opens a message of it, by what its row says. */
export async function openMail(page: Page, row: string): Promise<void> {
  await page.goto("/inbox");
  await (await seek(page, row)).click();
  await expect(page.getByRole("article").getByText("Received", { exact: true })).toBeVisible();
}

const received = (page: Page) => page.getByRole("grid", { name: "Received messages" });

/**
 * seek goes down the list until a row is in the page: what other tests sent stands above it, more may come in meanwhile, and only rows
 * that are about in sight are there. From the end it begins again.
 */
async function seek(page: Page, row: string): Promise<Locator> {
  const wanted = received(page).getByRole("row", { name: row }).first();
  await expect(async () => {
    if (!(await wanted.isVisible()))
      await received(page).evaluate((grid) => {
        const isAtEnd = grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1;
        grid.scrollTo(0, isAtEnd ? 0 : grid.scrollTop + grid.clientHeight);
      });
    await expect(wanted).toBeVisible({ timeout: 500 });
  }).toPass();
  return wanted;
}

const real = (name: string, row: string): PageState => ({
  name,
  reach: async (page) => {
    await openMail(page, row);
  },
});

const claim = (kind: SentClaim["kind"], minute: number, more: Partial<SentClaim> = {}): SentClaim => ({
  kind,
  at: `2026-11-21T14:0${minute}:00Z`,
  reporter: "mail.ukr.example",
  ...more,
});

/** reported gives the recipients of a sent message what nobody has reported of them yet. */
const reported = (m: Message): Message => ({
  ...m,
  recipients: m.recipients.map((r, i) => ({
    ...r,
    reports:
      i === 0
        ? [claim("delivered", 2), claim("read", 9, { reporter: "sian.llewellyn@gbr.example" })]
        : [claim("delayed", 4), claim("failed", 8, { status: "5.1.1", text: "550 5.1.1 no such mailbox" })],
  })),
});

const away = { state: "away", problem: "dial tcp 127.0.0.1:1143: connect: connection refused" } as const;

/** inboxStates are those of what came in and of what was reported: the demonstration's own, then those that it is never in. */
export const inboxStates: PageState[] = [
  { name: "inbox", reach: (page) => openInbox(page) },
  real("inbox-flash", firstMail.flash),
  real("inbox-withheld", "Withheld from you"),
  real("inbox-file", firstMail.file),
  real("inbox-html", firstMail.html),
  real("inbox-assumed", firstMail.assumed),
  real("inbox-unlabelled", firstMail.unlabelled),
  real("inbox-two-labels", firstMail.twoLabels),
  {
    name: "inbox-none",
    reach: async (page) => {
      await answer(page, [], { state: "none", mailbox: "", mailboxes: [], asOf: undefined });
      await page.goto("/inbox");
      await expect(page.getByRole("button", { name: "Copy the lines" })).toBeVisible();
    },
  },
  {
    name: "inbox-new",
    reach: async (page) => {
      await answer(page, [], { state: "new", asOf: undefined });
      await page.goto("/inbox");
      await expect(page.getByRole("heading", { name: "Reading the mailbox for the first time" })).toBeVisible();
    },
  },
  {
    name: "inbox-empty",
    reach: async (page) => {
      await answer(page, []);
      await page.goto("/inbox");
      await expect(page.getByRole("heading", { name: "Nothing has come in yet" })).toBeVisible();
    },
  },
  {
    name: "inbox-away",
    reach: async (page) => {
      await answer(page, [plain, faulty, large], away);
      await page.goto("/inbox");
      await page.getByText("What the mail server said").click();
      await expect(page.getByText(away.problem)).toBeVisible();
    },
  },
  {
    name: "inbox-away-unread",
    reach: async (page) => {
      await answer(page, [], { ...away, asOf: undefined });
      await page.goto("/inbox");
      await expect(page.getByText("Nothing has been read from it yet.", { exact: false })).toBeVisible();
    },
  },
  {
    name: "inbox-waiting",
    reach: async (page) => {
      await page.route("**/api/inbox?*", () => undefined); // no answer
      await page.goto("/inbox");
      await expect(page.getByRole("status", { name: "Reading the inbox…" })).toBeVisible();
    },
  },
  {
    name: "inbox-many",
    reach: async (page) => {
      const all = many(250);
      await answer(page, all);
      await page.goto("/inbox");
      await page.getByRole("row", { name: "Situation report 248" }).click();
      await expect(page.getByRole("article").getByText("Received", { exact: true })).toBeVisible();
    },
  },
  {
    name: "inbox-not-here",
    reach: async (page) => {
      await answer(page, [plain, large]);
      await page.goto(`/inbox/${large.id}`);
      await expect(page.getByText("The message is not here.")).toBeVisible();
    },
  },
  {
    name: "inbox-report-unmatched",
    reach: async (page) => {
      await answer(page, [plain, stranger]);
      await page.goto(`/inbox/${stranger.id}`);
      await expect(page.getByRole("heading", { name: "This is a delivery report" })).toBeVisible();
    },
  },
  {
    name: "inbox-gone",
    reach: async (page) => {
      await page.goto("/inbox/nosuchmessage000000000");
      await expect(page.getByRole("heading", { name: "This message is not in the mailbox" })).toBeVisible();
    },
  },
  { name: "sent-reports", reach: (page, demo) => sentWith(page, demo, "sent") },
  { name: "sent-reports-detail", reach: (page, demo) => sentWith(page, demo, "detail") },
];

async function sentWith(page: Page, demo: Demo, what: "sent" | "detail"): Promise<void> {
  const id = await sendOne(demo);
  await change<Message[]>(page, /\/api\/messages\?/, (all) => all.map((m) => (m.id === id ? reported(m) : m)));
  await change<Message>(page, new RegExp(`/api/messages/${id}$`), reported);
  await page.goto(what === "sent" ? "/sent" : `/sent/${id}`);
  const said = what === "sent" ? "Reported not delivered: 1" : "550 5.1.1 no such mailbox";
  await expect(page.getByText(said, { exact: false }).filter({ visible: true }).first()).toBeVisible();
}
