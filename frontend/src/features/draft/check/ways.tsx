import { useMemo } from "react";
import type { Report } from "../../../api/problem";
import type { Fix } from "../../../api/types";
import { fold } from "../addresses";
import { fixesOf, nameOf, shortNames } from "../shape";
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
  const names = useMemo(() => new Map(report.recipients.map((r) => [fold(r.address), nameOf(r)])), [report]);
  const ways = fixesOf(report).slice(0, most);
  if (ways.length === 0) return null;
  return (
    <section className={classes.group} aria-label={own.ways.title}>
      <h2>{own.ways.title}</h2>
      <div className={classes.ways}>
        {ways.map((f) => {
          const { title, text } = sayWay(f, report, names, words, own);
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
function sayWay(f: Fix, report: Report, names: Map<string, string>, words: DraftWords, own: CheckWords) {
  const short = (list: readonly string[]) =>
    shortNames(
      list.map((a) => names.get(fold(a)) ?? a),
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
        title: own.ways.otherAddress(short(f.replaces ?? []), short(f.addresses)),
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
  if (parts.length === 0) return words.ways.splitThen(stay, f.addresses.length);
  return `${words.ways.splitThen(stay, f.addresses.length)} ${own.ways.splitWith(parts.join(", "))}`;
}
