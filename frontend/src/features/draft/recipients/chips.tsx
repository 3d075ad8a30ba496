import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Report } from "../../../api/problem";
import type { RecipientReport } from "../../../api/types";
import { fold } from "../addresses";
import type { Known } from "../names";
import type { Field } from "../state";
import { useDraftWords } from "../words";
import { Chip } from "./chip";
import { ChipMenu } from "./chip-menu";
import { type Preview, startDrag } from "./moving";
import classes from "./recipients.module.css";
import { useRecipientWords } from "./words";

type Props = {
  field: Field;
  addresses: string[];
  reports: ReadonlyMap<string, RecipientReport>;
  nameOf: (address: string) => Known | undefined;
  preview: Preview;
  /** The whole list is open below. */
  isAllOpen: boolean;
  onRemove: (addresses: string[]) => void;
  onMove: (addresses: string[]) => void;
  onOpenAll: () => void;
  onOpenGroup: (address: string) => void;
  /** The hand goes on into the field behind the last chip. */
  toInput: () => void;
};

/** Chips shown at most: the first and the newest, which stand beside the field. The others are one click away. */
const first = 12;
const newest = 12;

/** reportsOf finds the report of an address. */
export function reportsOf(report: Report | undefined): ReadonlyMap<string, RecipientReport> {
  return new Map(report?.recipients.map((r) => [fold(r.address), r] as const));
}

/** Chips are the recipients of one field. The arrow keys go from one to the next, Delete takes one out. */
export const Chips = memo(function Chips(props: Props) {
  const { field, addresses, reports, nameOf, preview, onRemove, onMove, onOpenGroup, toInput } = props;
  const words = useDraftWords();
  const own = useRecipientWords();
  const list = useRef<HTMLUListElement>(null);
  const [tabStop, setTabStop] = useState("");
  const [menu, setMenu] = useState("");
  const onKey = useChipKeys({ list, onRemove, onMove, toInput, openMenu: setMenu });
  const removeOne = useCallback((a: string) => onRemove([a]), [onRemove]);
  useNewestInSight(list, addresses.length);
  const [head, hidden, tail] = useMemo(() => fewOf(addresses), [addresses]);
  if (addresses.length === 0) return null;
  const shown = [...head, ...tail];
  const stop = shown.includes(tabStop) ? tabStop : shown.at(-1);
  const chip = (a: string) => (
    <Chip
      key={a}
      address={a}
      known={nameOf(a)}
      report={reports.get(fold(a))}
      leaving={preview.leaving.has(fold(a))}
      coming={preview.coming.get(fold(a))}
      isTabStop={a === stop}
      isOpen={a === menu}
      onKey={onKey}
      onRemove={removeOne}
      onFocus={setTabStop}
      onOpen={setMenu}
    />
  );
  return (
    <>
      <ul
        ref={list}
        className={classes.chips}
        data-all={props.isAllOpen || undefined}
        aria-label={words.recipients.count(addresses.length)}
        onDragStart={startDrag}
      >
        {head.map(chip)}
        {hidden > 0 ? (
          <li className={classes.more}>
            <button type="button" aria-expanded={props.isAllOpen} onClick={props.onOpenAll}>
              {own.and(hidden)}
            </button>
          </li>
        ) : null}
        {tail.map(chip)}
      </ul>
      <ChipMenu
        list={list}
        address={menu}
        field={field}
        known={menu ? nameOf(menu) : undefined}
        close={() => setMenu("")}
        onRemove={onRemove}
        onMove={onMove}
        onOpenGroup={onOpenGroup}
      />
    </>
  );
});

/** fewOf gives the chips to show before and behind the place where the others are left out, and how many those are. */
function fewOf(all: string[]): [string[], number, string[]] {
  if (all.length <= first + newest) return [all, 0, []];
  return [all.slice(0, first), all.length - first - newest, all.slice(-newest)];
}

type Keys = {
  list: React.RefObject<HTMLElement | null>;
  onRemove: (addresses: string[]) => void;
  onMove: (addresses: string[]) => void;
  toInput: () => void;
  openMenu: (address: string) => void;
};

/** useChipKeys: the arrows go on, Delete takes out, M moves to the other field; Enter, a click or the menu key show what else. */
function useChipKeys({ list, onRemove, onMove, toInput, openMenu }: Keys) {
  return useCallback(
    (e: KeyboardEvent, address: string) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      const chips = chipsOf(list.current);
      const at = chips.findIndex((c) => c.dataset.chip === address);
      const go = (to: number) => {
        e.preventDefault();
        const chip = chips[to];
        if (chip) chip.focus();
        else toInput();
      };
      if (e.key === "ArrowLeft") go(Math.max(0, at - 1));
      else if (e.key === "ArrowRight") go(at + 1);
      else if (e.key === "Home") go(0);
      else if (e.key === "End") go(chips.length);
      else if (e.key === "Delete" || e.key === "Backspace") {
        go(e.key === "Delete" ? at + 1 : at - 1);
        onRemove([address]);
      } else if (e.key.toLowerCase() === "m") {
        go(at + 1);
        onMove([address]);
      } else if (e.key === "ArrowDown" || e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey)) {
        e.preventDefault();
        openMenu(address);
      }
    },
    [list, onRemove, onMove, toInput, openMenu],
  );
}

export function chipsOf(box: Element | null): HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>("[data-chip]") ?? [])];
}

/** useNewestInSight scrolls to the end when somebody was added. */
function useNewestInSight(list: React.RefObject<HTMLUListElement | null>, count: number): void {
  const before = useRef(count);
  useEffect(() => {
    if (count > before.current && list.current) list.current.scrollTop = list.current.scrollHeight;
    before.current = count;
  }, [list, count]);
}
