/** Drafts that an answer began and that nobody has touched yet, by id. */
const untouched = new Set<string>();

/** begun notes that an answer began a draft just now: its page opens with the caret where one writes. */
export function begun(id: string): void {
  untouched.add(id);
}

/** isBegun tells whether a draft was begun by an answer and not touched since. */
export function isBegun(id: string): boolean {
  return untouched.has(id);
}

/** touched: the draft is worth keeping from now on. */
export function touched(id: string): void {
  untouched.delete(id);
}
