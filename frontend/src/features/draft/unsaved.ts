import type { Saver } from "./saver";
import type { Content } from "./state";

/** A draft whose page is not shown any more, with what could not be saved of it. */
type Unsaved = { saver: Saver; content: Content };

const shown = new Set<Saver>();
const left = new Map<string, Saver>(); // by draft; none of them is shown

/**
 * show counts a draft's saver among those whose text is on the page, and no more among those that were left: the next page may take it
 * over from the one before, or without coming back for it. The answer takes it out again.
 */
export function show(id: string, saver: Saver): () => void {
  forget(id, saver);
  shown.add(saver);
  return () => shown.delete(saver);
}

/** forget takes a saver out of those that were left, but not another one of the same draft. */
function forget(id: string, saver: Saver): void {
  if (left.get(id) === saver) left.delete(id);
}

/**
 * leaveBehind keeps what could not be saved when its page is left for another: its saver goes on trying, and whoever comes back
 * finds it as it was. It reports whether something was left.
 */
export function leaveBehind(id: string, saver: Saver): boolean {
  if (saver.isClean() || saver.isHeld()) return false;
  left.set(id, saver);
  const end = saver.subscribe(() => {
    if (!saver.isClean()) return;
    forget(id, saver);
    end();
  });
  return true;
}

/**
 * comeBack gives what was left of a draft, once, as its saver has it now; undefined: it has been saved or sent since, or thrown away, and
 * what is stored is what counts.
 */
export function comeBack(id: string): Unsaved | undefined {
  const saver = left.get(id);
  left.delete(id);
  const content = saver?.isHeld() ? undefined : saver?.unsaved();
  return saver && content && { saver, content };
}

// Whatever cannot be saved (the program is gone, another tab was first) must not be left without a word, on whichever page
// the person is.
window.addEventListener("beforeunload", (e) => {
  for (const s of shown) s.hurry();
  const all = [...shown, ...left.values()];
  if (all.some((s) => !s.isClean() && !s.isHeld())) e.preventDefault();
});
