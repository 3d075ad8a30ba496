import type { Saver } from "./saver";
import type { Content } from "./state";

/** A draft whose page is not shown any more, with what could not be saved of it. */
type Unsaved = { saver: Saver; content: Content };

const shown = new Set<Saver>();
const left = new Map<string, Unsaved>();

/** show counts a draft's saver among those whose text is on the page; the answer takes it out again. */
export function show(saver: Saver): () => void {
  shown.add(saver);
  return () => shown.delete(saver);
}

/**
 * leaveBehind keeps what could not be saved when its page is left for another: its saver goes on trying, and whoever comes back
 * finds it as it was. It reports whether something was left.
 */
export function leaveBehind(id: string, saver: Saver, content: Content): boolean {
  if (saver.isClean() || saver.isHeld()) return false;
  left.set(id, { saver, content });
  const end = saver.subscribe(() => {
    if (!saver.isClean() || saver.status().is !== "saved") return;
    left.delete(id);
    end();
  });
  return true;
}

/** comeBack gives what was left of a draft, once. */
export function comeBack(id: string): Unsaved | undefined {
  const found = left.get(id);
  left.delete(id);
  return found;
}

// Whatever cannot be saved (the program is gone, another tab was first) must not be left without a word, on whichever page
// the person is.
window.addEventListener("beforeunload", (e) => {
  for (const s of shown) s.hurry();
  const all = [...shown, ...[...left.values()].map((u) => u.saver)];
  if (all.some((s) => !s.isClean() && !s.isHeld())) e.preventDefault();
});
