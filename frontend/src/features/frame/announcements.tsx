import { useSyncExternalStore } from "react";
import classes from "./frame.module.css";

/** A line that comes and goes at the bottom, with at most one thing to do about it. */
export type Announcement = { id: number; text: string; action?: { text: string; run: () => void } };

let list: Announcement[] = [];
let next = 0;
const watchers = new Set<() => void>();

const lasting = 8000;

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

export function Announcements() {
  const shown = useSyncExternalStore(
    (f) => {
      watchers.add(f);
      return () => watchers.delete(f);
    },
    () => list,
  );
  return (
    <div className={classes.announce} role="status">
      {shown.map((a) => (
        <div key={a.id} className={classes.toast}>
          {a.text}
          {a.action ? (
            <button
              type="button"
              onClick={() => {
                a.action?.run();
                set(list.filter((x) => x.id !== a.id));
              }}
            >
              {a.action.text}
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}
