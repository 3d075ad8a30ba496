import type { Page, Route } from "@playwright/test";
import type { Inbox, InboxLabel, InboxMessage } from "../src/api/types";
import { fakeInbox, fakeLabel, fakeMessage, fakeRow } from "../src/test-fakes";
import { people } from "./fixtures";

/** An inbox of answers that are made up, for states in which a test cannot bring a mailbox. */

export const idOf = (n: number) => `made${String(n).padStart(16, "0")}`;

const none = { marking: "", foreground: "", background: "", said: "" };
const red = { foreground: "#ffffff", background: "#c8102e" };

/** A message that is as its sender made it, under NATO SECRET. */
export const plain = made(1, { seen: false }, { text: "The bridge at grid 33U VR 1234 carries 60 t." });

/** One that calls itself something nobody may go by. */
export const faulty = made(2, {
  subject: "Two labels",
  label: label({
    ...none,
    state: "faulty",
    said: "NATO UNCLASSIFIED",
    faults: [{ code: "two-labels", text: "2 fields" }],
  }),
});

/** A delivery report that fits nothing that was sent. */
export const stranger = made(
  3,
  { subject: "Delivery Status Notification", report: { kind: "delivery", message: "", subject: "" } },
  {
    reports: [
      {
        address: "someone@elsewhere.example",
        known: false,
        report: { kind: "delivered", at: "2026-11-21T14:07:00Z", reporter: "mail.elsewhere.example", status: "2.0.0" },
      },
    ],
  },
);

/** One that is not withheld, and not here. */
export const large = made(4, {
  subject: "",
  size: 0,
  problem: "It is longer than 30 MB, which is the most that is fetched.",
});

function label(more: Partial<InboxLabel>): InboxLabel {
  return fakeLabel({ ...red, ...more });
}

function made(n: number, row: Parameters<typeof fakeRow>[1], more: Partial<InboxMessage> = {}): InboxMessage {
  const from = { name: "Olena Kovalchuk", address: people.ukr, nation: "UKR" };
  const to = [{ name: "Sarah Whitfield", address: people.user }];
  return fakeMessage(fakeRow(idOf(n), { from, subject: `Bridge ${n}`, label: label({}), ...row }), { to, ...more });
}

/** many are so many messages that not all are asked for at once. */
export const many = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    made(1000 + i, {
      subject: `Situation report ${count - i}`,
      received: new Date(Date.UTC(2026, 10, 21, 14) - i * 600_000).toISOString(),
    }),
  );

/** answer lets the page find this inbox instead of the program's. */
export async function answer(page: Page, messages: InboxMessage[], more: Partial<Inbox> = {}): Promise<void> {
  const json = (route: Route, body: unknown) => route.fulfill({ json: body });
  await page.route(/\/api\/inbox(\?|$)/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const limit = Number(query.get("limit") ?? 50);
    const from = Number(query.get("before") ?? 0);
    const rows = messages.filter((m) => !m.seen || query.get("unread") !== "true");
    const next = from + limit < rows.length ? { next: String(from + limit) } : {};
    const inbox = fakeInbox(rows.slice(from, from + limit), { total: messages.length, ...next, ...more });
    return json(route, { ...inbox, unread: messages.filter((m) => !m.seen).length });
  });
  await page.route(/\/api\/inbox\/made\d+(\?|$)/, (route) => {
    const id = new URL(route.request().url()).pathname.split("/").at(-1);
    return json(
      route,
      messages.find((m) => m.id === id),
    );
  });
  await page.route(/\/api\/inbox\/made\d+\/seen$/, (route) => route.fulfill({ status: 204 }));
}
