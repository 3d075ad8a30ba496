import { Link } from "wouter";
import { Problem } from "../../api/problem";
import type { AuditMessage, AuditRecipient } from "../../api/types";
import { Claim } from "../../components/claim";
import { Folded } from "../../components/folded";
import { MarkingBanner } from "../../components/marking";
import { Nation } from "../../components/nation";
import { OutcomeMark } from "../../components/outcome";
import { place } from "../../components/place";
import { DetailHead } from "../../components/split";
import { ProblemState, SkeletonRows } from "../../components/state";
import { useLanguage } from "../../words/language";
import { useNote } from "../../words/reasons";
import { dtg, longTime } from "../../words/time";
import { useTransport } from "../../words/transports";
import classes from "./audit.module.css";
import { Field } from "./line";
import { useTrail } from "./queries";
import { sentence } from "./sentence";
import { useAuditWords } from "./words";

/** TrailDetail answers for one message: who got this, and on what evidence? */
export function TrailDetail({ id, close }: { id: string; close: () => void }) {
  const { trail: words } = useAuditWords();
  const trail = useTrail(id);
  if (trail.data) return <Shown message={trail.data} close={close} />;
  const isUnknown = trail.error instanceof Problem && trail.error.status === 404;
  return (
    <article className={classes.detail}>
      <DetailHead id={id} title={isUnknown ? words.unknown : words.title(id)} close={close} />
      {trail.isPending ? <SkeletonRows label={words.loading} /> : null}
      {isUnknown ? <p className={`${classes.parts} quiet`}>{words.unknownHint}</p> : null}
      {trail.isError && !isUnknown ? <ProblemState error={trail.error} retry={() => void trail.refetch()} /> : null}
    </article>
  );
}

function Shown({ message: m, close }: { message: AuditMessage; close: () => void }) {
  const all = useAuditWords();
  const words = all.trail;
  const { language } = useLanguage();
  const count = (got: string) => m.recipients.filter((r) => r.got === got).length;
  return (
    <article className={classes.detail}>
      <div className={classes.top}>
        <MarkingBanner marking={m.marking} foreground={m.foreground} background={m.background} label={words.banner} />
      </div>
      <DetailHead id={m.id} title={words.title(m.messageId || m.id)} close={close} />
      <div className={classes.parts}>
        {m.altered ? (
          <p className={classes.altered} role="alert">
            {words.altered}
          </p>
        ) : null}
        {m.problem ? <p className="quiet">{m.problem}</p> : null}
        <Facts message={m} />
        <h2>
          {words.recipients}{" "}
          <span className="quiet">{words.sum(count("yes"), count("perhaps"), count("no"), count("unknown"))}</span>
        </h2>
        <p className="quiet">{words.gotMeans}</p>
        <Folded items={m.recipients} first={50} step={100} more={words.more} className={classes.list}>
          {(r) => <Recipient key={`${r.by ?? ""} ${r.address}`} recipient={r} />}
        </Folded>
        <h2>{words.originator}</h2>
        <ul className={classes.list}>
          <Recipient recipient={m.originator} />
        </ul>
        {m.thresholds.length + m.relabelled.length > 0 ? <h2>{words.overrides}</h2> : null}
        {m.thresholds.map((t) => (
          <p key={t.name}>
            {words.threshold(t.name, t.reached, t.limit)} {words.because(t.reason)}
          </p>
        ))}
        {m.relabelled.map((r) => (
          <p key={`${r.from} ${r.to} ${r.reason}`}>{words.relabelled(r.from, r.to, r.reason)}</p>
        ))}
        <h2>{words.lines}</h2>
        <Folded items={m.lines} first={50} step={100} more={words.more} className={classes.list}>
          {(l) => (
            <li key={l.seq}>
              <Link href={`/admin/audit/${l.seq}`}>{all.line.title(l.seq)}</Link>
              <p>
                {l.time ? <time dateTime={l.time}>{longTime(l.time, language)}</time> : null} {sentence(l, all)}
              </p>
            </li>
          )}
        </Folded>
      </div>
    </article>
  );
}

function Facts({ message: m }: { message: AuditMessage }) {
  const all = useAuditWords();
  const words = all.trail.fields;
  const { language } = useLanguage();
  return (
    <dl className={classes.fields}>
      <Field name={words.messageId}>
        <span className="mono">{m.messageId}</span>
      </Field>
      <Field name={words.time}>
        <time dateTime={m.time}>
          {longTime(m.time, language)} <span className="quiet">{dtg(m.time)}</span>
        </time>
      </Field>
      <Field name={words.sender}>{m.sender}</Field>
      <Field name={words.by}>{m.actor || <span className="quiet">{words.notRecorded}</span>}</Field>
      <Field name={words.account}>{m.account}</Field>
      <Field name={words.sha256}>
        <span className="mono">{m.sha256}</span>
      </Field>
      <Field name={words.policy}>
        {m.policy.name}, {words.version(m.policy.version)} <span className="mono">{m.policy.sha256}</span>
      </Field>
      <Field name={words.line}>
        <Link href={`/admin/audit/${m.line}`}>{all.line.title(m.line)}</Link>
      </Field>
      <Other name={words.replaces} id={m.replaces} />
      <Other name={words.replacedBy} id={m.replacedBy} />
      <Other name={words.splitFrom} id={m.splitFrom} />
    </dl>
  );
}

function Other({ name, id }: { name: string; id: string | undefined }) {
  if (!id) return null;
  return (
    <Field name={name}>
      <Link className="mono" href={place("/admin/audit", id)}>
        {id}
      </Link>
    </Field>
  );
}

/** Recipient is one address: whether it got the message, what was found, and on what that rests. */
function Recipient({ recipient: r }: { recipient: AuditRecipient }) {
  const all = useAuditWords();
  const words = all.trail;
  const note = useNote();
  const { language } = useLanguage();
  return (
    <li>
      {r.got ? (
        <span className={classes.got} data-got={r.got}>
          {words.got[r.got]}
        </span>
      ) : (
        <OutcomeMark outcome={r.outcome} />
      )}
      <div>
        <p>
          {r.nation ? <Nation code={r.nation} /> : null} {r.name ? <strong>{r.name}</strong> : null}{" "}
          <span className="mono">{r.address}</span> {r.by ? <span className="quiet">{words.by(r.by)}</span> : null}
        </p>
        {r.state ? (
          <p className={`${classes.small} quiet`}>
            {[
              all.states[r.state] ?? r.state,
              r.code ? String(r.code) : "",
              r.status ?? "",
              r.reply ?? "",
              r.at && r.receipt ? words.receipt(longTime(r.at, language), r.receipt) : "",
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        ) : null}
        <p className={classes.small}>
          {r.got ? <OutcomeMark outcome={r.outcome} /> : null} <Evidence of={r.evidence} />
        </p>
        {r.reasons.length > 0 ? <p className={classes.small}>{r.reasons.map(note).join(" ")}</p> : null}
        {r.link ? (
          <p className={classes.small}>
            <span className="quiet">{words.link}</span> <OutcomeMark outcome={r.link.outcome} />{" "}
            {[r.link.rests, ...r.link.reasons].filter(Boolean).map(note).join(" · ")}
          </p>
        ) : null}
        {r.override ? <p>{words.override(r.override)}</p> : null}
        {r.members && r.members.length > 0 ? <Members of={r.members} /> : null}
        {r.reports.length > 0 ? (
          <div className={classes.small}>
            <span className="quiet">{words.reported}</span>
            {r.reports.map((c) => (
              <Claim key={`${c.kind} ${c.at} ${c.reporter}`} claim={c} />
            ))}
          </div>
        ) : null}
      </div>
    </li>
  );
}

function Members({ of }: { of: NonNullable<AuditRecipient["members"]> }) {
  const { trail: words } = useAuditWords();
  return (
    <details className={classes.small}>
      <summary>{words.members(of.length)}</summary>
      <Folded items={of} first={50} step={100} more={words.more}>
        {(m) => (
          <li key={`${m.address ?? ""} ${m.evidence.dn ?? m.name ?? ""}`}>
            <OutcomeMark outcome={m.outcome} /> {m.nation ? <Nation code={m.nation} /> : null} {m.name}{" "}
            <span className="mono">{m.address}</span> <Evidence of={m.evidence} />
          </li>
        )}
      </Folded>
    </details>
  );
}

/** Evidence is where it was read, when, and how. */
function Evidence({ of: e }: { of: AuditRecipient["evidence"] }) {
  const { trail: words } = useAuditWords();
  const { language } = useLanguage();
  const transport = useTransport();
  const read = e.readAt ? words.readAt(longTime(e.readAt, language), e.transport ? transport(e.transport) : "") : "";
  return (
    <>
      {[e.directory && (e.dn || e.readAt) ? words.evidence(e.directory) : e.directory, read, e.note ?? ""]
        .filter(Boolean)
        .join(" · ")}
      {e.dn ? <span className="mono"> {e.dn}</span> : null}
    </>
  );
}
