import { useSyncExternalStore } from "react";

/** A line that comes and goes at the bottom, with at most one thing to do about it. */
export type Announcement = { id: number; text: string; action?: { text: string; run: () => void } };

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

export function useAnnouncements(): readonly Announcement[] {
  return useSyncExternalStore(
    (f) => {
      watchers.add(f);
      return () => watchers.delete(f);
    },
    () => list,
  );
}
