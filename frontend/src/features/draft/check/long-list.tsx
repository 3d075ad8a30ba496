import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import classes from "./check.module.css";

type Props<T> = {
  items: readonly T[];
  keyOf: (item: T, at: number) => string;
  children: (item: T, at: number) => ReactNode;
  /** What the list is, for screen readers, where no heading says so. */
  label?: string;
  /** A row's height before it is measured, px. */
  size?: number;
  className?: string | undefined;
};

/** Up to so many rows stand in the page as they are; more get a box of their own, in which only those in sight are drawn. */
const most = 40;

/** LongList is a list of any length. */
export function LongList<T>(props: Props<T>) {
  if (props.items.length > most) return <Virtual {...props} />;
  if (props.items.length === 0) return null;
  return (
    <ul className={`${classes.people} ${props.className ?? ""}`} aria-label={props.label}>
      {props.items.map((item, i) => (
        <li key={props.keyOf(item, i)}>{props.children(item, i)}</li>
      ))}
    </ul>
  );
}

function Virtual<T>({ items, keyOf, children, label, size = 56, className }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => size,
    getItemKey: (i) => keyOf(items[i] as T, i),
    overscan: 4,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div ref={box} className={classes.long} tabIndex={0} role="group" aria-label={label}>
      <ul className={`${classes.people} ${className ?? ""}`} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((v) => (
          <li
            key={v.key}
            ref={rows.measureElement}
            data-index={v.index}
            aria-posinset={v.index + 1}
            aria-setsize={items.length}
            style={{ transform: `translateY(${v.start}px)` }}
          >
            {children(items[v.index] as T, v.index)}
          </li>
        ))}
      </ul>
    </div>
  );
}
