import type { Report } from "../../../api/problem";
import type { Fix } from "../../../api/types";
import { fold } from "../addresses";
import { nameOf, shortNames } from "../shape";
import { useDraftWords } from "../words";
import classes from "./check.module.css";

type Props = { report: Report; disabled: boolean; preview: (addresses: string[]) => void; apply: (f: Fix) => void };

const most = 4;

/** Ways forward: each says what it changes and who then gets it; pointing at one shows it in the draft. */
export function Ways({ report, disabled, preview, apply }: Props) {
  const words = useDraftWords();
  const known = report.fixes.filter((f) => f.kind === "remove" || f.kind === "split").slice(0, most);
  if (known.length === 0) return null;
  const names = new Map(report.recipients.map((r) => [fold(r.address), nameOf(r)]));
  return (
    <section className={classes.group} aria-label={words.ways.title}>
      <h2>{words.ways.title}</h2>
      <div className={classes.ways}>
        {known.map((f) => {
          const who = shortNames(
            f.addresses.map((a) => names.get(fold(a)) ?? a),
            words.ways.more,
          );
          const stay = report.recipients.length - f.addresses.length;
          return (
            <button
              key={`${f.kind} ${f.addresses.join(" ")}`}
              type="button"
              className={classes.way}
              disabled={disabled}
              onMouseEnter={() => preview(f.addresses)}
              onMouseLeave={() => preview([])}
              onFocus={() => preview(f.addresses)}
              onBlur={() => preview([])}
              onClick={() => apply(f)}
            >
              <strong>{f.kind === "remove" ? words.ways.remove(who) : words.ways.split(who)}</strong>
              <span>
                {f.kind === "remove" ? words.ways.removeThen(stay) : words.ways.splitThen(stay, f.addresses.length)}
              </span>
            </button>
          );
        })}
      </div>
    </section>
  );
}
