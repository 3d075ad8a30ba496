import { type KeyboardEvent, useMemo } from "react";
import { catalogue } from "../words/language";
import type { Column } from "./table";
import classes from "./table.module.css";

const useMarkWords = catalogue({
  en: { column: "Marked", mark: "Mark this row" },
  fr: { column: "Marqué", mark: "Marquer cette ligne" },
});

/** Marks are the rows that somebody wants to do something with. */
export type Marks = {
  ids: ReadonlySet<string>;
  /** toggle marks those that are not marked, and takes the mark from the others. */
  toggle: (ids: readonly string[]) => void;
  set: (ids: readonly string[]) => void;
  /** all are those that Ctrl-A marks. */
  all: readonly string[];
};

/** markBy carries out a key that marks; false: the key is another one. */
export function markBy(e: KeyboardEvent, marks: Marks, here: string, next: string | undefined): boolean {
  if (e.ctrlKey) {
    if (e.key.toLowerCase() !== "a") return false;
    marks.set(marks.ids.size === marks.all.length ? [] : marks.all);
    return true;
  }
  if (e.key === " ") marks.toggle([here]);
  else if (e.shiftKey && (e.key === "ArrowDown" || e.key === "ArrowUp"))
    marks.set([...new Set([...marks.ids, here, ...(next === undefined ? [] : [next])])]);
  else return false;
  return true;
}

/** useMarkColumn puts the column of boxes before the others, where rows can be marked. */
export function useMarkColumn<Row>(
  columns: readonly Column<Row>[],
  idOf: (row: Row) => string,
  marks: Marks | undefined,
): readonly Column<Row>[] {
  const words = useMarkWords();
  return useMemo(() => {
    if (!marks) return columns;
    const box: Column<Row> = {
      id: "mark",
      title: words.column,
      width: 1,
      least: 40,
      fixed: true,
      text: () => "",
      cell: (row) => (
        <span className={classes.mark} data-mark>
          <input type="checkbox" tabIndex={-1} readOnly checked={marks.ids.has(idOf(row))} aria-label={words.mark} />
        </span>
      ),
    };
    return [box, ...columns];
  }, [columns, idOf, marks, words]);
}
