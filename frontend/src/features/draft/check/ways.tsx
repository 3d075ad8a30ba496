import { useMemo } from "react";
import type { Report } from "../../../api/problem";
import type { Fix } from "../../../api/types";
import { type Known, useNames } from "../names";
import { fixesOf, shortNames } from "../shape";
import { type DraftWords, useDraftWords } from "../words";
import classes from "./check.module.css";
import { type CheckWords, useCheckWords } from "./words";

type Props = {
  report: Report;
  disabled: boolean;
  preview: (f: Fix | undefined) => void;
  apply: (f: Fix) => void;
};

const most = 4;

/** Ways forward: each says what it changes and who then gets it; pointing at one shows it in the draft. */
export function Ways({ report, disabled, preview, apply }: Props) {
  const words = useDraftWords();
  const own = useCheckWords();
  const ways = useMemo(() => fixesOf(report).slice(0, most), [report]);
  const coming = useMemo(() => ways.flatMap((f) => (f.kind === "role" ? f.addresses : [])), [ways]);
  const known = useNames(coming, report); // a role that would come is in no report yet
  if (ways.length === 0) return null;
  return (
    <section className={classes.group} aria-label={own.ways.title}>
      <h2>{own.ways.title}</h2>
      <div className={classes.ways}>
        {ways.map((f) => {
          const { title, text } = sayWay(f, report, known, words, own);
          return (
            <button
              key={`${f.kind} ${f.addresses.join(" ")}`}
              type="button"
              className={classes.way}
              disabled={disabled}
              onMouseEnter={() => preview(f)}
              onMouseLeave={() => preview(undefined)}
              onFocus={() => preview(f)}
              onBlur={() => preview(undefined)}
              onClick={() => apply(f)}
            >
              <strong>{title}</strong>
              <span>{text}</span>
            </button>
          );
        })}
      </div>
    </section>
  );
}

/** sayWay says what a way forward changes, and who gets the draft then. */
function sayWay(
  f: Fix,
  report: Report,
  known: (address: string) => Known | undefined,
  words: DraftWords,
  own: CheckWords,
) {
  const short = (list: readonly string[]) =>
    shortNames(
      list.map((a) => known(a)?.name || a),
      words.ways.more,
    );
  const all = report.recipients.length;
  const kept = all - (f.removes?.length ?? 0);
  const out = f.removes?.length ? ` ${words.ways.remove(short(f.removes))}.` : "";
  const stay = all - f.addresses.length;
  switch (f.kind) {
    case "remove":
      return { title: words.ways.remove(short(f.addresses)), text: words.ways.removeThen(stay) };
    case "split":
      return { title: words.ways.split(short(f.addresses)), text: splitText(f, stay, words, own) };
    case "other-address":
      return {
        title: own.ways.otherAddress(short(f.replaces ?? []), shortNames(f.addresses, words.ways.more)),
        text: `${own.ways.same} ${own.ways.thenAll(kept)}${out}`,
      };
    case "role":
      return {
        title: own.ways.role(short(f.replaces ?? []), short(f.addresses)),
        text: `${own.ways.unit} ${own.ways.thenAll(kept)}${out}`,
      };
  }
}

function splitText(f: Fix, stay: number, words: DraftWords, own: CheckWords): string {
  const parts = [
    f.parts?.length ? own.ways.paragraphs(f.parts.length) : "",
    f.attachments?.length ? own.ways.attachments(f.attachments.length) : "",
  ].filter(Boolean);
  const then = words.ways.splitThen(stay, f.addresses.length, parts.length === 0);
  if (parts.length === 0) return then;
  return `${then} ${own.ways.splitWith(parts.join(", "))}`;
}
