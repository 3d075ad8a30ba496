import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useRef } from "react";
import { ChevronIcon } from "../icons";
import { stepBy, type TreeNode, type TreeRow, typedTo } from "./rows";
import classes from "./tree.module.css";

type Props<N extends TreeNode> = {
  label: string;
  rows: readonly TreeRow<N>[];
  /** Id of the node that the keyboard is on; what is chosen follows it. */
  cursor: string | undefined;
  setCursor: (id: string) => void;
  open: (ids: string[]) => void;
  close: (id: string) => void;
  /** enter goes on into what the node holds. */
  enter: () => void;
  /** What stands behind the name: a count. */
  aside: (node: N) => ReactNode;
  /** What stands in place of rows that are on their way. */
  waiting: string;
};

const rowHeight = 32;
const typingTime = 700; // ms between two letters of one word

/** Tree shows nodes of which only those in sight are drawn. The tree itself has the focus, and names the node it is on. */
export function Tree<N extends TreeNode>(props: Props<N>) {
  const { label, rows, cursor, setCursor, open, close, enter, aside, waiting } = props;
  const domId = useId();
  const box = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: "", at: 0 });
  const at = Math.max(
    0,
    rows.findIndex((r) => r.node.id === cursor),
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    getItemKey: (i) => rows[i]?.node.id ?? i,
    estimateSize: () => rowHeight,
    overscan: 10,
    rangeExtractor: (r) => {
      const all = new Set([at]);
      for (let i = Math.max(0, r.startIndex - r.overscan); i <= Math.min(r.count - 1, r.endIndex + r.overscan); i++)
        all.add(i);
      return [...all].filter((i) => i < r.count).sort((a, b) => a - b);
    },
  });
  const goTo = (id: string | undefined) => {
    if (id === undefined) return;
    setCursor(id);
    virtual.scrollToIndex(rows.findIndex((r) => r.node.id === id));
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.nativeEvent.isComposing) return;
    const step = stepBy(e.key, rows, at);
    if (step && "cursor" in step) goTo(step.cursor);
    else if (step && "open" in step) open([step.open]);
    else if (step && "close" in step) close(step.close);
    else if (step) open(step.openBeside);
    else if (e.key === "Enter") enter();
    else if (/^[\p{L}\p{N}]$/u.test(e.key)) {
      const isNew = e.timeStamp - typed.current.at > typingTime;
      typed.current = { text: isNew ? e.key : typed.current.text + e.key, at: e.timeStamp };
      goTo(typedTo(typed.current.text, rows, at));
    } else return;
    e.preventDefault();
    e.stopPropagation(); // letters are names here, not keys of the app
  };
  const onClick = (e: MouseEvent) => {
    const target = e.target instanceof Element ? e.target : null;
    const row = rows[Number(target?.closest("[data-index]")?.getAttribute("data-index") ?? -1)];
    if (!row) return;
    setCursor(row.node.id);
    if (!target?.closest("[data-twist]") || !row.node.hasNodes) return;
    if (row.isOpen) close(row.node.id);
    else open([row.node.id]);
  };
  return (
    <div
      ref={box}
      role="tree"
      aria-label={label}
      aria-activedescendant={rows.length > 0 ? `${domId}-${at}` : undefined}
      tabIndex={0}
      className={classes.tree}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div role="presentation" className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((v) => {
          const row = rows[v.index];
          if (!row) return null;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names the node
            <div
              key={row.node.id}
              id={`${domId}-${v.index}`}
              role="treeitem"
              aria-level={row.level}
              aria-posinset={row.position}
              aria-setsize={row.size}
              aria-expanded={row.node.hasNodes ? row.isOpen : undefined}
              aria-selected={row.node.id === cursor}
              aria-busy={row.isWaiting || undefined}
              data-index={v.index}
              data-cursor={v.index === at || undefined}
              className={classes.row}
              style={{ transform: `translateY(${v.start}px)`, paddingLeft: 8 + (row.level - 1) * 16 }}
            >
              <span className={classes.twist} data-twist data-open={row.isOpen || undefined}>
                {row.node.hasNodes ? <ChevronIcon size={12} /> : null}
              </span>
              <span className={classes.name} title={row.node.name}>
                {row.node.name}
              </span>
              <span className={classes.aside}>{row.isWaiting ? waiting : aside(row.node)}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
