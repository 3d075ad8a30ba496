import { useSyncExternalStore } from "react";

/** A line that comes and goes at the bottom, with at most one thing to do about it. */
export type Announcement = { id: number; text: string; action?: Act };

/** What can be done about one; `isHere`: to what the page shows now, so that it ends with it. */
type Act = { text: string; run: () => void; isHere?: boolean };

let list: Announcement[] = [];
let next = 0;
const watchers = new Set<() => void>();

/** How long a line is shown, in ms. */
export const lasting = 8000;

function set(changed: Announcement[]) {
  list = changed;
  for (const f of watchers) f();
}

/**
 * announce shows a line for a while; screen readers say it. What can be done about an earlier one is overtaken: an "undo" must
 * not outlive what it would undo.
 */
export function announce(text: string, action?: Announcement["action"]): void {
  const id = next++;
  set([...list.filter((a) => !a.action).slice(-2), { id, text, ...(action ? { action } : {}) }]);
  setTimeout(() => set(list.filter((a) => a.id !== id)), lasting);
}

/** takeBack ends an announcement before its time. */
export function takeBack(id: number): void {
  set(list.filter((a) => a.id !== id));
}

/** takeHereBack ends those about what is being left: what they would undo is not in sight any more. */
export function takeHereBack(): void {
  set(list.filter((a) => !a.action?.isHere));
}

/** takeAllBack ends all: they are in words that nobody reads any more. */
export function takeAllBack(): void {
  set([]);
}

export function useAnnouncements(): readonly Announcement[] {
  return useSyncExternalStore(
    (f) => {
      watchers.add(f);
      return () => watchers.delete(f);
    },
    () => list,
  );
}
