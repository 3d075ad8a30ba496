import { useEffect, useRef } from "react";
import type { Report } from "../../api/problem";
import type { RecipientReport, Verdict } from "../../api/types";
import { Folded } from "../../components/folded";
import { Nation } from "../../components/nation";
import { OutcomeMark, outcomeOf } from "../../components/outcome";
import { useReason } from "../../words/reasons";
import classes from "./sent.module.css";
import { useSentWords } from "./words";

const stops = (v: Verdict) => v.action !== "pass";

/** Blocked says who stops a message that was checked again, and why. */
export function Blocked({ report }: { report: Report }) {
  const { blocked: words } = useSentWords();
  const reason = useReason();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const stopped = report.recipients.filter((r) => stops(r.verdict) || stops(r.link));
  return (
    <div role="alert" className={classes.blocked}>
      <h3 ref={heading} tabIndex={-1}>
        {words.title}
      </h3>
      {report.label.valid ? null : (
        <p>
          {words.label} {report.label.problems.map(reason).join(" ")}
        </p>
      )}
      {stops(report.originator) ? (
        <p>
          {words.originator} <OutcomeMark outcome={report.originator.outcome} />{" "}
          {report.originator.reasons.map(reason).join(" ")}
        </p>
      ) : null}
      {stopped.length > 0 ? <p>{words.who(stopped.length, report.recipients.length)}</p> : null}
      <Folded items={stopped} first={10} step={100} more={words.more} className={classes.stopped}>
        {(r) => <Stopped key={r.address} recipient={r} />}
      </Folded>
      <p className="quiet">{words.afterwards}</p>
    </div>
  );
}

function Stopped({ recipient: r }: { recipient: RecipientReport }) {
  const { blocked: words } = useSentWords();
  const reason = useReason();
  return (
    <li>
      <Nation code={r.nation} />
      <div>
        <strong>{r.name || r.address}</strong> {r.name ? <span className="mono quiet">{r.address}</span> : null}
        {stops(r.verdict) ? <p>{r.verdict.reasons.map(reason).join(" ")}</p> : null}
        {stops(r.link) ? (
          <p>
            {words.link} {r.link.reasons.map(reason).join(" ")}
          </p>
        ) : null}
      </div>
      <OutcomeMark outcome={outcomeOf(r)} />
    </li>
  );
}
