import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from "react";
import type { RecipientReport } from "../../../api/types";
import { CloseIcon } from "../../../components/icons";
import { Nation } from "../../../components/nation";
import { OutcomeMark, outcomeOf } from "../../../components/outcome";
import { fold } from "../addresses";
import type { Known } from "../names";
import type { Field } from "../state";
import { useDraftWords } from "../words";
import { useHint } from "./hint";
import { KindMark } from "./kind";
import { otherField } from "./lists";
import classes from "./recipients.module.css";
import { useRecipientWords } from "./words";

type Props = {
  field: Field;
  addresses: string[];
  reports: ReadonlyMap<string, RecipientReport>;
  nameOf: (address: string) => Known | undefined;
  onRemove: (addresses: string[]) => void;
  onMove: (addresses: string[]) => void;
  close: () => void;
};

const rowHeight = 32;

/** AllRecipients lists everybody of a field, however many they are: only rows in sight are drawn, and one can search in them. */
export function AllRecipients({ field, addresses, reports, nameOf, onRemove, onMove, close }: Props) {
  const words = useDraftWords();
  const own = useRecipientWords();
  const id = useId();
  const [text, setText] = useState("");
  const [only, setOnly] = useState(false);
  const wanted = useDeferredValue(text);
  const box = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => search.current?.focus(), []);
  const found = useMemo(() => {
    const parts = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    return addresses.filter((a) => {
      const report = reports.get(fold(a));
      if (only && (!report || outcomeOf(report) === "cleared")) return false;
      if (parts.length === 0) return true;
      const said = `${nameOf(a)?.name ?? ""} ${a} ${nameOf(a)?.nation ?? ""}`.toLowerCase();
      return parts.every((p) => said.includes(p));
    });
  }, [addresses, reports, nameOf, wanted, only]);
  const rows = useVirtualizer({
    count: found.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: (i) => found[i] ?? i,
    overscan: 6,
  });
  const focus = (i: number) => {
    rows.scrollToIndex(i);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-at="${i}"] button`)?.focus());
  };
  // The row goes; the hand goes on to the one that comes to its place.
  const gone = (act: (addresses: string[]) => void, i: number) => {
    const a = found[i];
    if (a === undefined) return;
    act([a]);
    if (found.length > 1) focus(Math.min(i, found.length - 2));
    else search.current?.focus();
  };
  const onKey = (e: KeyboardEvent, i: number) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const to: Record<string, number> = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: found.length - 1 };
    const next = to[e.key];
    if (next !== undefined) {
      e.preventDefault();
      focus(Math.max(0, Math.min(found.length - 1, next)));
    } else if (e.key === "Delete" || e.key === "Backspace") {
      e.preventDefault();
      gone(onRemove, i);
    } else if (e.key.toLowerCase() === "m") gone(onMove, i);
  };
  return (
    <section
      className={classes.all}
      aria-label={own.all(addresses.length, words.fields[field])}
      onKeyDown={(e) => {
        if (e.key !== "Escape") return;
        e.stopPropagation();
        close();
      }}
    >
      <div className={classes.allHead}>
        <input
          type="search"
          aria-label={own.find}
          placeholder={own.find}
          aria-controls={id}
          value={text}
          autoComplete="off"
          spellCheck={false}
          ref={search}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <label>
          <input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} /> {own.only}
        </label>
        <span className="quiet" role="status">
          {found.length === 0 ? own.none : own.shown(found.length)}
        </span>
        <button type="button" className={classes.link} onClick={close}>
          {own.close}
        </button>
      </div>
      <div ref={box} className={classes.allRows}>
        <ul
          id={id}
          aria-label={words.recipients.count(found.length)}
          style={{ height: rows.getTotalSize(), position: "relative" }}
        >
          {rows.getVirtualItems().map((v) => (
            <Row
              key={v.key}
              at={v.index}
              of={found.length}
              top={v.start}
              address={found[v.index] ?? ""}
              known={nameOf(found[v.index] ?? "")}
              report={reports.get(fold(found[v.index] ?? ""))}
              other={words.fields[otherField(field)]}
              onKey={onKey}
              onRemove={() => gone(onRemove, v.index)}
              onMove={() => gone(onMove, v.index)}
            />
          ))}
        </ul>
      </div>
    </section>
  );
}

type RowProps = {
  at: number;
  of: number;
  top: number;
  address: string;
  known: Known | undefined;
  report: RecipientReport | undefined;
  other: string;
  onKey: (e: KeyboardEvent, at: number) => void;
  onRemove: () => void;
  onMove: () => void;
};

function Row({ at, of, top, address, known, report, other, onKey, onRemove, onMove }: RowProps) {
  const words = useDraftWords();
  const own = useRecipientWords();
  const hint = useHint(address, known, report);
  const name = known?.name || address;
  return (
    <li
      className={classes.allRow}
      data-at={at}
      aria-posinset={at + 1}
      aria-setsize={of}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Nation code={known?.nation ?? ""} />
      <span className={classes.allName} title={hint}>
        {name}
      </span>
      <KindMark kind={known?.kind} />
      {name === address ? null : (
        <span className={`${classes.allAddress} quiet`} title={address}>
          {address}
        </span>
      )}
      {report ? <OutcomeMark outcome={outcomeOf(report)} /> : null}
      <button
        type="button"
        className={classes.link}
        aria-label={`${own.moveTo(other)}: ${name}`}
        onKeyDown={(e) => onKey(e, at)}
        onClick={onMove}
      >
        <span aria-hidden>→ </span>
        {other}
      </button>
      <button
        type="button"
        className={classes.remove}
        aria-label={words.recipients.remove(name)}
        onKeyDown={(e) => onKey(e, at)}
        onClick={onRemove}
      >
        <CloseIcon size={12} />
      </button>
    </li>
  );
}
