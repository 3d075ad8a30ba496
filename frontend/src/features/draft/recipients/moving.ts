import type { DragEvent } from "react";
import type { Field } from "../state";

/** What a way forward that is being looked at would do: folded addresses that leave, and who would come for them. */
export type Preview = { leaving: ReadonlySet<string>; coming: ReadonlyMap<string, string> };

export const noPreview: Preview = { leaving: new Set(), coming: new Map() };

const kind = "application/x-caveat-recipient";

/** startDrag takes a chip by the hand. */
export function startDrag(e: DragEvent<HTMLElement>): void {
  const chip = e.target instanceof Element ? e.target.querySelector<HTMLElement>("[data-chip]") : null;
  const address = chip?.dataset.chip;
  if (!address) return;
  e.dataTransfer.setData(kind, address);
  e.dataTransfer.effectAllowed = "move";
}

/** dropOn makes a place where a chip can be let go. */
export function dropOn(to: Field, move: (addresses: string[], to: Field) => void, over: (is: boolean) => void) {
  const fits = (e: DragEvent) => e.dataTransfer.types.includes(kind);
  return {
    onDragOver: (e: DragEvent) => {
      if (!fits(e)) return;
      e.preventDefault();
      e.stopPropagation(); // one place may lie in another
      e.dataTransfer.dropEffect = "move";
      over(true);
    },
    onDragLeave: () => over(false),
    onDrop: (e: DragEvent) => {
      over(false);
      if (!fits(e)) return;
      e.preventDefault();
      e.stopPropagation();
      move([e.dataTransfer.getData(kind)], to);
    },
  };
}
