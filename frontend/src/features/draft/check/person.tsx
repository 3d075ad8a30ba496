import { memo } from "react";
import type { RecipientReport, Verdict } from "../../../api/types";
import { Nation } from "../../../components/nation";
import { OutcomeMark, outcomeOf } from "../../../components/outcome";
import { useWords } from "../../../words/language";
import { useNote, useReason } from "../../../words/reasons";
import { age } from "../../../words/time";
import { nameOf, needsReason } from "../shape";
import { useDraftWords } from "../words";
import classes from "./check.module.css";
import { useVerdictLine } from "./verdict-line";

/** Person is one recipient of the check: outcome, the reason in one line, and on demand what it rests on. */
export const Person = memo(function Person({ recipient: r }: { recipient: RecipientReport }) {
  const words = useDraftWords();
  const shared = useWords();
  const line = useVerdictLine(r);
  const outcome = outcomeOf(r);
  return (
    <li className={classes.person}>
      <div className={classes.who}>
        <Nation code={r.nation} />
        <span className={classes.name}>
          {nameOf(r)} {r.kind === "person" ? null : <span className="quiet">({shared.kind[r.kind]})</span>}
        </span>
        <OutcomeMark outcome={outcome} />
      </div>
      {outcome === "cleared" ? null : <p className={classes.line}>{line}</p>}
      {outcome !== "cleared" && needsReason(r) ? <p className="quiet">{words.check.allowed}</p> : null}
      <Stopped members={r.members ?? []} />
      <details>
        <summary>{words.check.evidence}</summary>
        <EvidenceOf verdict={r.verdict} address={r.address} />
        {r.link.reasons.length > 0 ? <EvidenceOf verdict={r.link} address="" /> : null}
      </details>
    </li>
  );
});

/** Stopped lists those members who stand in the way, to the last level. */
function Stopped({ members }: { members: RecipientReport[] }) {
  const words = useDraftWords();
  const bad = members.filter((m) => outcomeOf(m) !== "cleared");
  if (bad.length === 0) return null;
  return (
    <details>
      <summary>{words.check.members}</summary>
      <ul className={classes.members}>
        {bad.map((m) => (
          <Member key={`${m.address} ${m.name}`} member={m} />
        ))}
      </ul>
    </details>
  );
}

function Member({ member: m }: { member: RecipientReport }) {
  const line = useVerdictLine(m);
  return (
    <li>
      <div className={classes.who}>
        <Nation code={m.nation} />
        <span className={classes.name}>{nameOf(m)}</span>
        <OutcomeMark outcome={outcomeOf(m)} />
      </div>
      <p className={classes.line}>{line}</p>
      <Stopped members={m.members ?? []} />
    </li>
  );
}

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
