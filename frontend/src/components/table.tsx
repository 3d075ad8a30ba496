import { useLocalStorage } from "@mantine/hooks";
import {
  type ColumnSizingState,
  getCoreRowModel,
  getSortedRowModel,
  type SortingState,
  useReactTable,
} from "@tanstack/react-table";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { useLanguage } from "../words/language";
import classes from "./table.module.css";
import { TableHead } from "./table-head";
import { useHold } from "./table-hold";
import { type Marks, markBy, useMarkColumn } from "./table-marks";

export type Column<Row> = {
  id: string;
  title: string;
  /** What the cell says in words: it is sorted by them, unless `by` says otherwise. */
  text: (row: Row) => string;
  cell?: (row: Row) => ReactNode;
  by?: (row: Row) => string | number;
  /** Sorted by it, what is greatest comes first: the most urgent. */
  greatestFirst?: boolean;
  /** Its share of the width beside the others, and the least it gets, px. */
  width: number;
  least: number;
  numeric?: boolean;
  /** The column holds what it is told: it cannot be sorted or made wider. */
  fixed?: boolean;
};

/** What others may do with a table. */
export type TableHandle = {
  /** focus gives the table the keyboard, with its cursor on a row, when it is there. */
  focus: (id?: string) => void;
  /** show brings a row into sight and puts the cursor on it; the keyboard stays where it is. */
  show: (id: string) => void;
  /** step moves the cursor by some rows and gives the table the keyboard; from elsewhere it only goes to where the cursor is. */
  step: (by: number) => void;
};

type Props<Row> = {
  /** What the rows are, for screen readers. */
  label: string;
  /** Under which the widths of columns are kept. */
  name: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  idOf: (row: Row) => string;
  /** What the rows are the answer to: with another question the table begins at its top again. */
  scope?: string;
  /** Id of the row that is open. */
  opened?: string | undefined;
  open: (row: Row) => void;
  /** Several can be marked: by their box, by Space, and with Shift and the arrows. */
  marks?: Marks | undefined;
  /** false: the rows come in an order of their own, of which only a part is here. */
  sortable?: boolean;
  /** How many rows there are in all, when not all are here yet. */
  total?: number | undefined;
  /** nearEnd is called when the last rows that are here come into sight. */
  nearEnd?: (() => void) | undefined;
  /** Lines of text in a row, 2 at least. */
  lines?: number;
  ref?: Ref<TableHandle>;
};

const lineHeight = 16;
const headHeight = 32;
const unsorted: SortingState = [];

/**
 * Table shows rows of which only those in sight are drawn. The keyboard has one cursor, which the grid itself holds: a row
 * that is scrolled away and no longer drawn would lose the focus. It stays on its row when rows come, go or are sorted.
 * (No table element: rows that are not drawn have no place in one.)
 */
export function Table<Row>(props: Props<Row>) {
  const {
    label,
    name,
    rows,
    idOf,
    scope,
    opened,
    open,
    marks,
    sortable = true,
    total,
    nearEnd,
    lines = 2,
    ref,
  } = props;
  const rowHeight = lines * lineHeight + 4;
  const { language } = useLanguage();
  const domId = useId();
  const grid = useRef<HTMLDivElement>(null);
  const [sorting, setSorting] = useState<SortingState>([]);
  const [sizes, setSizes] = useLocalStorage<ColumnSizingState>({
    key: `caveat-columns-${name}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const [cursor, setCursor] = useState<string>();
  const columns = useMarkColumn(props.columns, idOf, marks);

  const definitions = useMemo(() => {
    const words = new Intl.Collator(language, { numeric: true });
    const compare = (a: unknown, b: unknown) =>
      typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b));
    return columns.map((c) => ({
      id: c.id,
      accessorFn: c.by ?? c.text,
      sortDescFirst: c.greatestFirst ?? false,
      sortingFn: (a: Value, b: Value, id: string) => compare(a.getValue(id), b.getValue(id)),
    }));
  }, [columns, language]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useReactTable({
    data,
    columns: definitions,
    getRowId: idOf,
    state: { sorting: sortable ? sorting : unsorted },
    onSortingChange: setSorting,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const sorted = table.getRowModel().rows;

  const found = (id: string | undefined) => (id === undefined ? -1 : sorted.findIndex((r) => r.id === id));
  const at = Math.max(0, cursor === undefined ? found(opened) : found(cursor));
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => grid.current,
    getItemKey: (i) => sorted[i]?.id ?? i,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    // The row under the cursor is always drawn: the grid names it as the active one.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), at])].filter((i) => i < range.count).sort((a, b) => a - b),
  });

  useHold(grid, at, cursor, scope, rowHeight);
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last + 1 >= sorted.length) nearEnd?.();
  }, [last, sorted.length, nearEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only with another question
  useEffect(() => {
    grid.current?.scrollTo({ top: 0 });
    setCursor(undefined);
  }, [scope]);

  const move = (to: number) => {
    const index = Math.max(0, Math.min(sorted.length - 1, to));
    setCursor(sorted[index]?.id);
    virtual.scrollToIndex(index);
  };
  const show = (id: string | undefined) => {
    if (found(id) >= 0) move(found(id));
  };
  useImperativeHandle(ref, () => ({
    show,
    step: (by) => {
      const isHere = cursor !== undefined || document.activeElement === grid.current;
      move(isHere ? at + by : at);
      grid.current?.focus();
    },
    focus: (id) => {
      show(id);
      grid.current?.focus();
    },
  }));
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.target !== e.currentTarget || e.metaKey || e.altKey) return;
    const here = sorted[at]?.id;
    if (marks && here !== undefined && markBy(e, marks, here, sorted[at + (e.key === "ArrowUp" ? -1 : 1)]?.id)) {
      if (e.shiftKey && e.key.startsWith("Arrow")) move(at + (e.key === "ArrowUp" ? -1 : 1));
      e.preventDefault();
      return;
    }
    if (e.ctrlKey) return;
    const page = Math.max(1, Math.floor(((grid.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: sorted.length - 1,
    };
    const to = steps[e.key];
    const row = sorted[at];
    if (to !== undefined) move(to);
    else if ((e.key === "Enter" || e.key === " ") && row) {
      setCursor(row.id);
      open(row.original);
    } else return;
    e.preventDefault();
  };
  const onClick = (e: MouseEvent) => {
    const row = sorted[rowUnder(e.target)];
    if (!row) return;
    setCursor(row.id);
    if (marks && e.target instanceof Element && e.target.closest("[data-mark]")) {
      marks.toggle([row.id]);
      return;
    }
    open(row.original);
  };

  const template = columns
    .map((c) =>
      sizes[c.id] ? `${sizes[c.id]}px` : `minmax(${c.least}px, ${c.fixed ? `${c.least}px` : `${c.width}fr`})`,
    )
    .join(" ");
  const width = columns.reduce((sum, c) => sum + (sizes[c.id] ?? c.least), 0);
  return (
    <div
      ref={grid}
      role="grid"
      aria-label={label}
      aria-rowcount={(total ?? sorted.length) + 1}
      aria-multiselectable={marks ? true : undefined}
      aria-colcount={columns.length}
      aria-activedescendant={sorted.length > 0 ? `${domId}-${at}` : undefined}
      tabIndex={0}
      className={classes.grid}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onPointerOver={explain}
    >
      <TableHead
        columns={columns}
        template={template}
        width={width}
        sorting={sorting[0]}
        sortable={sortable}
        sort={(id) => table.getColumn(id)?.toggleSorting()}
        sizes={sizes}
        resize={(id, px) => setSizes(({ [id]: _, ...others }) => (px === undefined ? others : { ...others, [id]: px }))}
      />
      <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize(), minWidth: width }}>
        {virtual.getVirtualItems().map((v) => {
          const row = sorted[v.index];
          if (!row) return null;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the row
            <div
              key={row.id}
              id={`${domId}-${v.index}`}
              role="row"
              aria-rowindex={v.index + 2}
              aria-selected={marks ? marks.ids.has(row.id) : row.id === opened}
              aria-current={marks && row.id === opened ? true : undefined}
              data-opened={row.id === opened || undefined}
              data-cursor={v.index === at || undefined}
              data-index={v.index}
              className={classes.row}
              style={{
                gridTemplateColumns: template,
                height: rowHeight,
                transform: `translateY(${v.start - headHeight}px)`,
              }}
            >
              {columns.map((c, i) => (
                // biome-ignore lint/a11y/useFocusableInteractive: as its row
                <div
                  key={c.id}
                  role="gridcell"
                  aria-colindex={i + 1}
                  className={`${classes.cell} ${c.numeric ? classes.numeric : ""}`}
                >
                  <span
                    className={lines > 2 ? classes.long : classes.text}
                    style={lines > 3 ? { maxHeight: lines * lineHeight, WebkitLineClamp: lines } : undefined}
                  >
                    {c.cell ? c.cell(row.original) : c.text(row.original)}
                  </span>
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

type Value = { getValue: (id: string) => unknown };

function rowUnder(target: EventTarget): number {
  const row = target instanceof Element ? target.closest("[data-index]") : null;
  return Number(row?.getAttribute("data-index") ?? -1);
}

/** explain gives what does not fit into two lines in full under the pointer. */
function explain(e: { target: EventTarget }): void {
  const text = e.target instanceof Element ? e.target.closest('[role="gridcell"]')?.firstElementChild : null;
  if (!(text instanceof HTMLElement)) return;
  if (text.scrollHeight > text.clientHeight + 1 || text.scrollWidth > text.clientWidth + 1)
    text.title = text.textContent;
  else text.removeAttribute("title");
}
