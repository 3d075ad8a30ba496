import { memo } from "react";
import type { RecipientReport, Verdict } from "../../../api/types";
import { Nation } from "../../../components/nation";
import { OutcomeMark, outcomeOf } from "../../../components/outcome";
import { useWords } from "../../../words/language";
import { useNote, useReason } from "../../../words/reasons";
import { age } from "../../../words/time";
import { KindMark } from "../recipients/kind";
import { nameOf, needsReason } from "../shape";
import { useDraftWords } from "../words";
import classes from "./check.module.css";
import { Members } from "./members";
import { useLinkLine, useVerdictLine } from "./verdict-line";
import { useWas } from "./was";
import { useCheckWords } from "./words";

type Props = {
  recipient: RecipientReport;
  /** The outcome alone, where the group that it stands in says the rest. */
  brief?: boolean;
};

/** Person is one recipient of the check: outcome, the reason in one line, and on demand what it rests on. */
export const Person = memo(function Person({ recipient: r, brief = false }: Props) {
  const words = useDraftWords();
  const own = useCheckWords();
  const line = useVerdictLine(r);
  const was = useWas()(r);
  const outcome = outcomeOf(r);
  const isCleared = outcome === "cleared";
  return (
    <div className={classes.person}>
      <div className={classes.who}>
        <Nation code={r.nation} />
        <span className={classes.name}>
          {nameOf(r)} <KindMark kind={r.kind} />
        </span>
        <OutcomeMark outcome={outcome} iconOnly={brief} />
      </div>
      {was ? <p className={classes.was}>{was}</p> : null}
      {isCleared ? null : <p className={classes.line}>{line}</p>}
      {!isCleared && needsReason(r) ? <p className="quiet">{words.check.allowed}</p> : null}
      {r.alsoBy?.length ? <p className="quiet">{own.also(r.alsoBy.join(", "))}</p> : null}
      <Members recipient={r} />
      <details>
        <summary>{words.check.evidence}</summary>
        <EvidenceOf verdict={r.verdict} address={r.address} />
        {(r.notes ?? []).map((n) => (
          <p key={n} className={classes.evidence}>
            {n}
          </p>
        ))}
        {r.link.reasons.length > 0 ? <LinkEvidence link={r.link} /> : null}
      </details>
    </div>
  );
});

function EvidenceOf({ verdict: v, address }: { verdict: Verdict; address: string }) {
  const words = useDraftWords();
  const shared = useWords();
  const reason = useReason();
  const note = useNote();
  const w = words.check;
  const e = v.evidence;
  const transport = w.transports[e.transport] ?? e.transport;
  return (
    <div className={classes.evidence}>
      {v.reasons.map((r) => (
        <p key={`${r.rule} ${r.text}`}>{reason(r)}</p>
      ))}
      <p>{e.readAt ? w.from(e.directory, age(e.readAt, shared), transport) : w.looked(e.directory)}</p>
      {e.note ? <p>{note(e.note)}</p> : null}
      {address ? <p className="mono">{address}</p> : null}
      {e.dn ? <p className="mono">{e.dn}</p> : null}
      {e.policy.name ? (
        <p title={e.policy.sha256}>
          {w.policyUsed(e.policy.name, e.policy.version)}
          {e.policy.mode ? `, ${w.mode[e.policy.mode] ?? e.policy.mode}` : ""}
        </p>
      ) : null}
    </div>
  );
}

/** LinkEvidence is what the way does not carry; the installation says so, and nothing was read for it. */
function LinkEvidence({ link }: { link: Verdict }) {
  const { check: words } = useDraftWords();
  const line = useLinkLine();
  return (
    <div className={classes.evidence}>
      {line(link).map((text) => (
        <p key={text}>{text}</p>
      ))}
      <p>{words.looked(link.evidence.directory)}</p>
    </div>
  );
}
