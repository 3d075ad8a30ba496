import { type DragEvent, useState } from "react";

const hasFiles = (e: DragEvent) => e.dataTransfer.types.includes("Files");

/** useDrop takes files that are dropped on the draft, or pasted into it. */
export function useDrop(add: (files: readonly File[]) => void, isLocked: boolean) {
  const [depth, setDepth] = useState(0); // of what lies under the hand: each tells of its own coming and going
  const count = (by: number) => (e: DragEvent) => {
    if (hasFiles(e)) setDepth((n) => Math.max(0, n + by));
  };
  const take = (files: FileList | undefined) => {
    const all = [...(files ?? [])];
    if (all.length > 0 && !isLocked) add(all);
    return all.length > 0;
  };
  return {
    isOver: depth > 0 && !isLocked,
    on: {
      onDragEnter: count(1),
      onDragLeave: count(-1),
      onDragOver: (e: DragEvent) => {
        if (hasFiles(e)) e.preventDefault();
      },
      onDrop: (e: DragEvent) => {
        setDepth(0);
        if (!hasFiles(e)) return;
        e.preventDefault();
        take(e.dataTransfer.files);
      },
      onPaste: (e: React.ClipboardEvent) => {
        // What is copied from a text program is text first, with a picture of it besides.
        if (e.clipboardData.getData("text/plain") === "" && take(e.clipboardData.files)) e.preventDefault();
      },
    },
  };
}
