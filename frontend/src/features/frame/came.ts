import type { Inbox, InboxRow } from "../../api/types";

/** How many of the newest unread messages are looked at. */
export const looked = 20;

/** What the last look at a mailbox has shown. */
export type Known = {
  mailbox: string;
  /** When the newest message that was ever seen came in, in ms; 0: none was. */
  at: number;
  /** Whatever was seen. */
  ids: ReadonlySet<string>;
  /** Of those, what came in and was not fetched yet: how urgent it is, and whether it is a report, could not be told. */
  pending: ReadonlySet<string>;
  /** When the oldest in sight came in, when there was more than that; 0: all were in sight. */
  oldest: number;
};

// Mailboxes tell the time by the second, and of two that come in together the one that began later may be there first.
const together = 60_000;

const timeOf = (m: InboxRow) => Date.parse(m.received);

/** lookAt tells what came into a mailbox since the look before, of what can be told of; and what is known from now on. */
export function lookAt(inbox: Inbox, last: Known | undefined): { came: InboxRow[]; known: Known } {
  const { mailbox, messages } = inbox;
  const before = last?.mailbox === mailbox ? last : undefined;
  const isNew = (m: InboxRow) =>
    before !== undefined &&
    !before.ids.has(m.id) &&
    timeOf(m) > before.oldest && // else it comes into sight because a newer one was read
    timeOf(m) > before.at - together; // else it was read, and is unread again
  const waiting = messages.filter((m) => before?.pending.has(m.id) || isNew(m));
  const outOfSight = [...(before?.pending ?? [])].filter((id) => !messages.some((m) => m.id === id));
  const known = {
    mailbox,
    at: Math.max(before?.at ?? 0, ...messages.map(timeOf)),
    ids: new Set([...(before?.ids ?? []), ...messages.map((m) => m.id)]),
    pending: new Set([...outOfSight, ...waiting.filter((m) => m.pending).map((m) => m.id)]),
    oldest: messages.length < looked ? 0 : Math.min(...messages.map(timeOf)),
  };
  // A report on what was sent is told with the sent message, where it says that something went wrong.
  return { came: waiting.filter((m) => !m.pending && !m.report?.message), known };
}
