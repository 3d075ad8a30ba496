import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * useHold keeps the row under the cursor where it is on the screen when rows come or go above it. With another question, or
 * another row under the cursor, it lets go.
 */
export function useHold(
  grid: RefObject<HTMLDivElement | null>,
  at: number,
  cursor: string | undefined,
  scope: string | undefined,
  rowHeight: number,
): void {
  const before = useRef({ at, cursor, scope });
  useLayoutEffect(() => {
    const by = shift(before.current, { at, cursor, scope });
    before.current = { at, cursor, scope };
    if (by !== 0 && grid.current) grid.current.scrollTop += by * rowHeight;
  }, [grid, at, cursor, scope, rowHeight]);
}

type Place = { at: number; cursor: string | undefined; scope: string | undefined };

/** shift is by how many rows the list must be scrolled so that the row under the cursor does not move. */
export function shift(before: Place, now: Place): number {
  const isSame = now.cursor !== undefined && before.cursor === now.cursor && before.scope === now.scope;
  return isSame ? now.at - before.at : 0;
}
