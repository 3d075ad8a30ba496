import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Report } from "../../../api/problem";
import { fold, isInside } from "../addresses";
import type { Known } from "../names";
import { useDraftWords } from "../words";
import { Chip } from "./chip";
import classes from "./recipients.module.css";

type Props = {
  addresses: string[];
  report: Report | undefined;
  nameOf: (address: string) => Known | undefined;
  leaving: string[];
  onRemove: (addresses: string[]) => void;
  /** The hand goes on into the field behind the last chip. */
  toInput: () => void;
};

const folded = 60; // chips shown before the rest is folded away

/** Chips are the recipients of one field. The arrow keys go from one to the next, Delete takes one out. */
export const Chips = memo(function Chips({ addresses, report, nameOf, leaving, onRemove, toInput }: Props) {
  const words = useDraftWords();
  const list = useRef<HTMLUListElement>(null);
  const [unfolded, setUnfolded] = useState(false);
  const [tabStop, setTabStop] = useState("");
  const reports = useMemo(() => new Map(report?.recipients.map((r) => [fold(r.address), r] as const)), [report]);
  const shown = unfolded ? addresses : addresses.slice(0, folded);
  const onKey = useCallback(
    (e: KeyboardEvent, address: string) => {
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
      }
    },
    [onRemove, toInput],
  );
  const removeOne = useCallback((a: string) => onRemove([a]), [onRemove]);
  useNewestInSight(list, addresses.length);
  if (addresses.length === 0) return null;
  const stop = isInside(shown, tabStop) ? tabStop : shown.at(-1);
  return (
    <>
      <ul ref={list} className={classes.chips} aria-label={words.recipients.count(addresses.length)}>
        {shown.map((a) => (
          <Chip
            key={a}
            address={a}
            known={nameOf(a)}
            report={reports.get(fold(a))}
            leaving={isInside(leaving, a)}
            isTabStop={a === stop}
            onKey={onKey}
            onRemove={removeOne}
            onFocus={setTabStop}
          />
        ))}
      </ul>
      {addresses.length > folded ? (
        <button type="button" className={classes.link} onClick={() => setUnfolded(!unfolded)}>
          {unfolded ? words.recipients.fewer : words.recipients.all(addresses.length)}
        </button>
      ) : null}
    </>
  );
});

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
