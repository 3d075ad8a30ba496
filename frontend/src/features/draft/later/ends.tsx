import { WarningIcon } from "../../../components/icons";
import panel from "../../../components/panel.module.css";
import type { Check } from "../check";
import { useCheckWords } from "../check/words";
import { endsBeforeSending, type Warning, warningsOf } from "../shape";
import classes from "./later.module.css";
import { useLaterWords } from "./words";

const warningsIn = (check: Check): readonly Warning[] =>
  "report" in check && check.report ? warningsOf(check.report) : [];

/** isAboutTime: what to know of ends when a time is chosen: also of a policy that ends soon, or a certificate that has ended. */
const isAboutTime = (w: Warning) => endsBeforeSending(w) || w.kind === "policy-ends" || w.kind === "certificate-ended";

/** Ends says it while a time is being chosen: what, of whom, and when (RULES 24). */
export function Ends({ check }: { check: Check }) {
  const words = useLaterWords();
  const { warnings } = useCheckWords();
  if (check.is === "nobody" || check.is === "no-label") return <p className="quiet">{words.notChecked}</p>;
  if (check.is === "checking") return <p className="quiet">{words.checking}</p>;
  if (check.is === "failed") return <p className={panel.wrong}>{words.failed}</p>;
  const found = warningsIn(check).filter(isAboutTime);
  if (found.length === 0) return <p className="quiet">{words.nothingEnds}</p>;
  return (
    <section className={classes.warnings} aria-label={words.warnings}>
      <strong>{words.warnings}</strong>
      <ul>
        {found.map((w) => (
          <li key={`${w.kind} ${w.text}`}>
            <strong>{warnings.kinds[w.kind] ?? w.kind}.</strong> {w.text}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** EndsQuietly says it on the draft, for as long as it is to be sent later. */
export function EndsQuietly({ check }: { check: Check }) {
  const words = useLaterWords();
  const found = warningsIn(check).filter(endsBeforeSending);
  if (found.length === 0) return null;
  return (
    <ul className={`${classes.ends} quiet`} aria-label={words.warnings}>
      {found.map((w) => (
        <li key={`${w.kind} ${w.text}`}>
          <WarningIcon size={14} />
          <span>{w.text}</span>
        </li>
      ))}
    </ul>
  );
}
