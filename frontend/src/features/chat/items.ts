import type { ChatMessage } from "../../api/types";

/** A row of the list of messages. */
export type Item =
  | { kind: "older"; key: string }
  | { kind: "begin"; key: string }
  | { kind: "day"; key: string; at: string }
  | { kind: "unread"; key: string }
  | { kind: "message"; key: string; message: ChatMessage };

/**
 * itemsOf puts between messages what divides them: days (UTC, as all times are), and what was not read when the conversation was opened.
 * `unread` is the first message of those.
 */
export function itemsOf(messages: readonly ChatMessage[], unread: string, hasOlder: boolean): Item[] {
  const items: Item[] = [];
  if (messages.length > 0) items.push(hasOlder ? { kind: "older", key: "older" } : { kind: "begin", key: "begin" });
  let day = "";
  for (const m of messages) {
    const on = m.at.slice(0, 10);
    if (on !== day) items.push({ kind: "day", key: `day ${on} ${m.id}`, at: m.at });
    day = on;
    if (m.id === unread) items.push({ kind: "unread", key: "unread" });
    items.push({ kind: "message", key: m.id, message: m });
  }
  return items;
}
