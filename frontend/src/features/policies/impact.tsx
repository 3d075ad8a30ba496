import { Link } from "wouter";
import { useRoles } from "../../api/queries";
import type { PolicyImpact } from "../../api/types";
import { WarningIcon } from "../../components/icons";
import { MarkingBanner } from "../../components/marking";
import { Nation } from "../../components/nation";
import { place } from "../../components/place";
import { useLanguage } from "../../words/language";
import { longTime } from "../../words/time";
import classes from "./policies.module.css";
import { usePolicyWords } from "./words";

type LabelImpact = PolicyImpact["labels"][number];

/** Impact is what would change: the sum first, then drafts and messages, labels, and where the versions differ. */
export function Impact({ impact: d }: { impact: PolicyImpact }) {
  const words = usePolicyWords();
  const { language } = useLanguage();
  const n = (x: number) => x.toLocaleString(language);
  if (d.inForce) return <p role="status">{words.isInForce}</p>;
  if (d.problem) {
    return (
      <p role="status" className={classes.bad}>
        <WarningIcon /> {words.cannot(d.problem)}
      </p>
    );
  }
  const invalid = d.labels.filter((l) => l.invalid.length > 0).length;
  const lost = d.labels.filter((l) => l.lost > 0).length;
  const gained = d.labels.filter((l) => l.gained > 0).length;
  return (
    <>
      <p role="status">
        <strong>{words.sum(d.drafts.length, d.waiting.length, invalid)}</strong>{" "}
        {words.sumPeople(lost, gained, n(d.people))} {words.sumSame(d.same)}{" "}
        {d.unreadable > 0 ? words.unreadable(d.unreadable) : ""} {d.leftOut > 0 ? words.leftOut(d.leftOut) : ""}
      </p>
      <Unsendable
        title={words.draftsTitle}
        rows={d.drafts.map((x) => ({ ...x, to: place("/draft", x.id) }))}
        looked={words.looked(d.checked.drafts, d.checked.allDrafts)}
      />
      <Unsendable
        title={words.waitingTitle}
        rows={d.waiting.map((x) => ({ ...x, to: place("/sent", x.id) }))}
        looked={words.looked(d.checked.waiting, d.checked.allWaiting)}
      />
      {d.labels.length > 0 ? <h3>{words.labelsTitle}</h3> : null}
      <ul className={classes.labels}>
        {d.labels.map((l) => (
          <Label key={`${l.policy} ${l.channel} ${l.marking} ${l.after}`} label={l} />
        ))}
      </ul>
      <Differences impact={d} />
    </>
  );
}

type Row = {
  id: string;
  to: string;
  subject?: string | undefined;
  marking: string;
  channel: "mail" | "chat";
  time: string;
  why: string;
};

function Unsendable({ title, rows, looked }: { title: string; rows: Row[]; looked: string }) {
  const words = usePolicyWords();
  const { language } = useLanguage();
  const isDrafter = useRoles().includes("drafter"); // who is none is told which they are, and cannot open them (RULES 19)
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className={classes.plain}>
        {rows.map((r) => (
          <li key={r.id}>
            {isDrafter ? <Link href={r.to}>{r.subject || words.noSubject}</Link> : <span className="mono">{r.id}</span>}{" "}
            <span className="quiet">
              {r.marking} · {words.channels[r.channel]} · <time dateTime={r.time}>{longTime(r.time, language)}</time>
            </span>
            <p className={classes.small}>{r.why}</p>
          </li>
        ))}
      </ul>
      <p className={classes.small}>{looked}</p>
    </>
  );
}

function Label({ label: l }: { label: LabelImpact }) {
  const words = usePolicyWords();
  const { language } = useLanguage();
  const n = (x: number) => x.toLocaleString(language);
  return (
    <li>
      <MarkingBanner
        marking={l.marking}
        foreground={l.foreground}
        background={l.background}
        label={words.labelBefore}
      />
      <p className={classes.small}>
        {words.uses(l.uses.drafts, l.uses.waiting, l.uses.sent, l.uses.templates, l.uses.favourite)}
      </p>
      {l.invalid.map((why) => (
        <p key={why} className={classes.bad}>
          <WarningIcon size={14} /> {words.invalid(why)}
        </p>
      ))}
      {l.mended ? <p>{words.mended}</p> : null}
      {l.after && l.after !== l.marking ? <p>{words.markedThen(l.after)}</p> : null}
      {l.lost + l.gained > 0 ? (
        <>
          <p>
            <strong>
              {[l.lost > 0 ? words.loseIt(n(l.lost)) : "", l.gained > 0 ? words.gainIt(n(l.gained)) : ""]
                .filter(Boolean)
                .join(", ")}
            </strong>
          </p>
          <table className={classes.nations}>
            <caption className="visually-hidden">{words.byNation(l.marking)}</caption>
            <thead>
              <tr>
                <th scope="col">{words.nation}</th>
                <th scope="col">{words.lose}</th>
                <th scope="col">{words.gain}</th>
              </tr>
            </thead>
            <tbody>
              {l.nations.map((x) => (
                <tr key={x.nation}>
                  <th scope="row">
                    <Nation code={x.nation} />
                  </th>
                  <td>{n(x.lost)}</td>
                  <td>{n(x.gained)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className={classes.small}>
            {words.such}{" "}
            {l.examples.map((e, i) => (
              <span key={e.id}>
                {i > 0 ? ", " : ""}
                <Link href={place("/book", e.id)}>{e.name}</Link> ({e.nation}, {e.gains ? words.gains : words.loses})
              </span>
            ))}
          </p>
        </>
      ) : null}
    </li>
  );
}

function Differences({ impact: d }: { impact: PolicyImpact }) {
  const words = usePolicyWords();
  if (d.differences.length === 0) return d.replaces ? <p className="quiet">{words.noDifference}</p> : null;
  return (
    <details>
      <summary>{words.differences(d.differences.length)}</summary>
      <ul className={classes.plain}>
        {d.differences.map((x) => (
          <li key={`${x.change} ${x.of} ${x.tagSet} ${x.name}`}>
            {words.changes[x.change]} {words.of[x.of]} <strong>{x.name}</strong>
            {x.tagSet && x.of === "value" ? ` (${x.tagSet})` : ""}
            {x.after ? <p className={classes.small}>{words.now(x.after)}</p> : null}
            {x.before ? <p className={classes.small}>{words.before(x.before)}</p> : null}
          </li>
        ))}
      </ul>
    </details>
  );
}
