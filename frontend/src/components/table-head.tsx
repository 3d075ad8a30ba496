import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { catalogue } from "../words/language";
import { ChevronIcon } from "./icons";
import type { Column } from "./table";
import classes from "./table.module.css";

const useTableWords = catalogue({
  en: { width: (column: string) => `Width of ${column}`, hint: "Arrow keys change it, Delete resets it" },
  fr: {
    width: (column: string) => `Largeur de «\u00A0${column}\u00A0»`,
    hint: "Les flèches la modifient, Suppr la rétablit",
  },
});

type Props<Row> = {
  columns: readonly Column<Row>[];
  template: string;
  width: number;
  sorting: { id: string; desc: boolean } | undefined;
  sortable: boolean;
  sort: (id: string) => void;
  /** Widths that were set, px, by column. */
  sizes: Record<string, number>;
  /** resize sets a width; undefined: as it was at first. */
  resize: (id: string, px: number | undefined) => void;
};

/** TableHead is the row of headers: each sorts, and has an edge by which its column is made wider or narrower. */
export function TableHead<Row>({ columns, template, width, sorting, sortable, sort, sizes, resize }: Props<Row>) {
  return (
    <div role="rowgroup" className={classes.head} style={{ minWidth: width }}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons are */}
      <div role="row" aria-rowindex={1} className={classes.headers} style={{ gridTemplateColumns: template }}>
        {columns.map((c, i) => {
          const sorted = sorting?.id === c.id ? (sorting.desc ? "descending" : "ascending") : "none";
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: its button is
            <div
              key={c.id}
              role="columnheader"
              aria-colindex={i + 1}
              aria-sort={sortable && !c.fixed ? sorted : undefined}
              aria-label={c.title}
              className={`${classes.header} ${c.numeric ? classes.numeric : ""}`}
            >
              {sortable && !c.fixed ? (
                <button
                  type="button"
                  className={classes.sort}
                  data-sort={sorted}
                  onClick={() => sort(c.id)}
                  title={c.title}
                >
                  <span>{c.title}</span>
                  {sorted === "none" ? null : <ChevronIcon size={12} />}
                </button>
              ) : (
                <span className={classes.sort} title={c.title}>
                  <span className={c.fixed ? "visually-hidden" : undefined}>{c.title}</span>
                </span>
              )}
              {c.fixed ? null : (
                <Edge title={c.title} least={c.least} size={sizes[c.id]} resize={(px) => resize(c.id, px)} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const step = 16;
const smallest = 40;
const widest = 1200;

type EdgeProps = { title: string; least: number; size: number | undefined; resize: (px: number | undefined) => void };

/** Edge is the right border of a column: drawn by the pointer, moved by the arrow keys, reset by a double click or Delete. */
function Edge({ title, least, size, resize }: EdgeProps) {
  const words = useTableWords();
  const from = useRef<{ x: number; width: number } | null>(null);
  const set = (px: number) => resize(Math.round(Math.max(smallest, Math.min(widest, px))));
  const onPointerDown = (e: PointerEvent<HTMLElement>) => {
    e.currentTarget.setPointerCapture(e.pointerId);
    from.current = { x: e.clientX, width: widthOf(e.currentTarget) };
  };
  const onPointerMove = (e: PointerEvent) => {
    if (from.current) set(from.current.width + e.clientX - from.current.x);
  };
  const onKeyDown = (e: KeyboardEvent<HTMLElement>) => {
    if (e.key === "ArrowRight") set(widthOf(e.currentTarget) + step);
    else if (e.key === "ArrowLeft") set(widthOf(e.currentTarget) - step);
    else if (e.key === "Delete" || e.key === "Backspace") resize(undefined);
    else return;
    e.preventDefault();
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={words.width(title)}
      aria-valuenow={size ?? least}
      aria-valuemin={smallest}
      aria-valuemax={widest}
      title={words.hint}
      tabIndex={0}
      className={classes.edge}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        from.current = null;
      }}
      onPointerCancel={() => {
        from.current = null;
      }}
      onDoubleClick={() => resize(undefined)}
      onKeyDown={onKeyDown}
    />
  );
}

const widthOf = (edge: HTMLElement) => edge.parentElement?.offsetWidth ?? 0;
