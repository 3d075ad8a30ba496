import { Link } from "wouter";
import type { InboxMessage } from "../../api/types";
import { Claim, useClaimWords } from "../../components/claim";
import { place } from "../../components/place";
import classes from "./inbox.module.css";
import { useInboxWords } from "./words";

/** Reported is what a delivery report or a read receipt says, and of which message: claims of whoever wrote it. */
export function Reported({ message: m }: { message: InboxMessage }) {
  const inbox = useInboxWords();
  const words = inbox.reported;
  const { unproven } = useClaimWords();
  const r = m.report;
  if (!r) return null;
  return (
    <section className={`${classes.said} ${r.message ? "" : classes.wrong}`} aria-labelledby="reported">
      <h2 id="reported">{words[r.kind]}</h2>
      {r.message ? (
        <p>
          {words.of} <Link href={place("/sent", r.message)}>{r.subject || inbox.noSubject}</Link>
        </p>
      ) : (
        <p>{words.unmatched}</p>
      )}
      {r.warning ? <p className={classes.warns}>{r.warning}</p> : null}
      <ul className={classes.plain}>
        {m.reports.map((one) => (
          <li key={`${one.address} ${one.report.kind} ${one.report.at}`}>
            <span className="mono">{one.address}</span>
            {r.message && !one.known ? <span className={classes.warns}> {words.unknown}</span> : null}
            <Claim claim={one.report} />
          </li>
        ))}
      </ul>
      <p className="quiet">{unproven}</p>
    </section>
  );
}
