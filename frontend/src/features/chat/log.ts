import type { ChatDetail, ChatMessage } from "../../api/types";

/** How many messages are asked for at once, and from how many on the older ones are let go by whoever looks at the newest. */
export const part = 100;
export const kept = 600;

/**
 * joined puts the newest messages, just read, behind those that were read before, so that a running conversation is read by its end
 * alone. Where nothing of them was there before, the gap between is not known: then what was before is let go, and read again by whoever
 * scrolls back. What is the same stays the same object, so that its row is not drawn again.
 */
export function joined(before: ChatDetail | undefined, newest: ChatDetail): ChatDetail {
  if (!before) return newest;
  const known = new Map(before.messages.map((m) => [m.id, m]));
  const fresh = new Set(newest.messages.map((m) => m.id));
  const tail = newest.messages.map((m) => same(known.get(m.id), m));
  const at = before.messages.findIndex((m) => fresh.has(m.id));
  // Without older ones the answer is all that there is.
  if (at < 0 || newest.next === undefined) return { ...newest, messages: tail };
  const head = before.messages.slice(0, at);
  if (head.length === 0) return { ...newest, messages: tail };
  return { ...newest, messages: [...head, ...tail], next: before.next };
}

/** withOlder puts older messages before those that are here. */
export function withOlder(now: ChatDetail, older: ChatDetail): ChatDetail {
  const here = new Set(now.messages.map((m) => m.id));
  const messages = [...older.messages.filter((m) => !here.has(m.id)), ...now.messages];
  return { ...now, messages, next: older.next };
}

function same(before: ChatMessage | undefined, now: ChatMessage): ChatMessage {
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

/** onlyNewest lets go of the older ones. */
export function onlyNewest(now: ChatDetail, newest: ChatDetail): ChatDetail {
  const known = new Map(now.messages.map((m) => [m.id, m]));
  return { ...newest, messages: newest.messages.map((m) => same(known.get(m.id), m)) };
}
