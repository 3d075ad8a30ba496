import type { Report } from "../../../api/problem";
import type { Reason } from "../../../api/types";
import { useReason } from "../../../words/reasons";
import { badParts, type PartReport, type Threshold, thresholdsOf } from "../shape";
import { useDraftWords } from "../words";
import classes from "./check.module.css";
import { type CheckWords, useCheckWords } from "./words";

/** Findings are what stands in the way besides recipients: the label, its parts, the originator, how many there are. */
export function Findings({ report, withoutLimits = false }: { report: Report; withoutLimits?: boolean }) {
  const words = useDraftWords();
  // Under a label that is not valid nobody is cleared: that is said once, as the label's.
  const isOriginator = report.label.valid && report.originator.outcome !== "cleared";
  const limits = withoutLimits ? [] : thresholdsOf(report);
  return (
    <>
      <Finding title={words.check.labelInvalid} reasons={report.label.valid ? [] : report.label.problems} />
      <Parts parts={badParts(report)} />
      <Finding
        title={report.originator.outcome === "not-cleared" ? words.check.originator : words.check.originatorUnsure}
        reasons={isOriginator ? report.originator.reasons : []}
      />
      {limits.map((t) => (
        <Exceeded key={t.name} threshold={t} />
      ))}
    </>
  );
}

function Finding({ title, reasons }: { title: string; reasons: readonly Reason[] }) {
  if (reasons.length === 0) return null;
  return (
    <div className={classes.finding}>
      <strong>{title}</strong>
      <Reasons reasons={reasons} />
    </div>
  );
}

function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  const reason = useReason();
  return (
    <ul>
      {reasons.map((r) => (
        <li key={`${r.rule} ${r.text}`}>{reason(r)}</li>
      ))}
    </ul>
  );
}

/** partName is which paragraph or attachment it is: by its place, and its marking as it stands before it. */
export function partName(p: PartReport, words: CheckWords): string {
  return p.kind === "attachment" ? words.parts.attachment(p.name) : words.parts.paragraph(p.index + 1);
}

/** Parts says which paragraph or attachment the trouble is with. */
function Parts({ parts }: { parts: readonly PartReport[] }) {
  const words = useCheckWords();
  if (parts.length === 0) return null;
  return (
    <section className={classes.finding} aria-label={words.parts.title}>
      <strong>{words.parts.bad(parts.length)}</strong>
      <ul>
        {parts.map((p) => (
          <li key={`${p.kind} ${p.index}`}>
            {partName(p, words)} {p.portion || p.marking ? <PartMarking part={p} /> : null}
            <Reasons reasons={p.problems} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PartMarking({ part: p }: { part: PartReport }) {
  return <span className={classes.portion}>({p.portion || p.marking})</span>;
}

/** Exceeded is a rule on how many may get such a label, which the draft exceeds. */
export function Exceeded({ threshold: t }: { threshold: Threshold }) {
  const { thresholds: words } = useCheckWords();
  return (
    <section className={classes.finding} data-action={t.action} aria-label={words.title}>
      <strong>{words.title}</strong>{" "}
      <p>
        {t.classification ? words.over(t.recipients, t.limit, t.classification) : words.overAny(t.recipients, t.limit)}{" "}
        <span className="quiet">{words.rule(t.name)}</span>
      </p>
      {t.action === "warn" ? <p className="quiet">{words.allowed}</p> : null}
    </section>
  );
}
