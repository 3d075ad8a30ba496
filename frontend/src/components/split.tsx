import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { catalogue } from "../words/language";
import { CloseIcon, NarrowIcon } from "./icons";
import { useShortcuts } from "./shortcuts";
import classes from "./split.module.css";
import type { TableHandle } from "./table";

const useSplitWords = catalogue({
  en: { back: "Back to the list", close: "Close" },
  fr: { back: "Retour à la liste", close: "Fermer" },
});

type Props = {
  list: ReactNode;
  /** What was opened from the list; null: nothing. */
  detail: ReactNode | null;
  /** Where there is room, the list stays beside what was opened; "reading": what was opened has the greater part. */
  beside?: boolean | "reading";
};

/**
 * Split shows a list and what was opened from it. Where one replaces the other, the list is only hidden: it keeps its place
 * for whoever comes back.
 */
export function Split({ list, detail, beside }: Props) {
  return (
    <div className={classes.split} data-open={detail !== null || undefined} data-beside={beside || undefined}>
      <div className={classes.list}>{list}</div>
      {detail === null ? null : <div className={classes.detail}>{detail}</div>}
    </div>
  );
}

/** useReturn gives the focus back to the row from which something was opened, however it was closed. */
export function useReturn(opened: string | undefined, table: RefObject<TableHandle | null>): void {
  const before = useRef(opened);
  useEffect(() => {
    const last = before.current;
    before.current = opened;
    if (last !== undefined && opened === undefined) table.current?.focus(last);
  }, [opened, table]);
}

/** isCovered: something lies on top that Escape closes first. What is only kept for later does not count. */
const isCovered = () => [...document.querySelectorAll('[role="dialog"], [role="listbox"]')].some(isShown);

function isShown(e: Element): boolean {
  for (let at: Element | null = e; at; at = at.parentElement) {
    if (getComputedStyle(at).display === "none") return false;
  }
  return true;
}

type HeadProps = {
  /** Of what is shown: with another one the heading gets the focus. */
  id: string;
  title: string;
  /** What stands before the title: a nation. */
  mark?: ReactNode;
  close: () => void;
  actions?: ReactNode;
};

/** DetailHead is the heading of what was opened, the way back, and what can be done. */
export function DetailHead({ id, title, mark, close, actions }: HeadProps) {
  const words = useSplitWords();
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another id is another thing that was opened
  useEffect(() => heading.current?.focus(), [id]);
  const leave = () => (isCovered() ? undefined : close());
  useShortcuts({ Escape: leave });
  return (
    <header className={classes.head}>
      <button type="button" className={classes.back} onClick={close}>
        <NarrowIcon />
        {words.back}
      </button>
      <div className={classes.title}>
        {mark}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <button type="button" className={classes.close} onClick={close} aria-label={words.close} title={words.close}>
          <CloseIcon />
        </button>
      </div>
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </header>
  );
}
