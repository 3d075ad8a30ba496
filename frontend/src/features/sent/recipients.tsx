import { Link } from "wouter";
import type { Report } from "../../api/problem";
import type {
  Evidence,
  Message,
  MessageState,
  RecipientReport,
  RecipientStatus,
  SentClaim,
  SentEvidence,
  Verdict,
} from "../../api/types";
import { Claim, useClaimWords } from "../../components/claim";
import { Folded } from "../../components/folded";
import { Nation } from "../../components/nation";
import { OutcomeMark, outcomeOf } from "../../components/outcome";
import { place } from "../../components/place";
import { useLanguage } from "../../words/language";
import { useNote, useReason } from "../../words/reasons";
import { dtg, longTime } from "../../words/time";
import { useTransport } from "../../words/transports";
import { hasFailed, lastClaim } from "./queries";
import classes from "./sent.module.css";
import { StateMark } from "./state";
import { useSentWords } from "./words";

const fold = (address: string) => address.trim().toLowerCase();

type Props = { message: Message; draft: SentEvidence["draft"]; report: Report | null };

/** Recipients says of each what became of the message, what the server answered, and on what evidence it was cleared. */
export function Recipients({ message, draft, report }: Props) {
  const { recipients: words } = useSentWords();
  const { states } = useSentWords();
  const { kinds, unproven } = useClaimWords();
  const reports = new Map(report?.recipients.map((r) => [fold(r.address), r]));
  const info = new Set(draft.info?.map(fold));
  const all = byConcern(message.recipients);
  const counts = concern
    .map((state) => ({ state, n: all.filter((r) => r.state === state).length }))
    .filter(({ n }) => n > 0);
  const said = counts.map(({ state, n }) => `${states[state]} ${n}`);
  const claimed = claims
    .map((kind) => ({ kind, n: all.filter((r) => lastClaim(r)?.kind === kind).length }))
    .filter(({ n }) => n > 0)
    .map(({ kind, n }) => `${kinds[kind]} ${n}`);
  return (
    <>
      <h2>
        {words.title} <span className="quiet">{words.sum(said)}</span>
        {claimed.length > 0 ? <span className="quiet"> {words.reported(words.sum(claimed))}</span> : null}
      </h2>
      {claimed.length > 0 ? <p className="quiet">{unproven}</p> : null}
      <Folded items={all} first={50} step={100} more={words.more} className={classes.recipients}>
        {(r) => (
          <Row
            key={r.address}
            status={r}
            as={info.has(fold(r.by ?? r.address)) ? words.info : words.action}
            report={r.by ? memberOf(reports.get(fold(r.by)), r.address) : reports.get(fold(r.address))}
            isFolded={all.length > unfolded}
          />
        )}
      </Folded>
    </>
  );
}

/** memberOf finds what the check found of somebody behind a list, to the last level. */
function memberOf(list: RecipientReport | undefined, address: string): RecipientReport | undefined {
  for (const m of list?.members ?? []) {
    const found = fold(m.address) === fold(address) ? m : memberOf(m, address);
    if (found) return found;
  }
  return undefined;
}

/** From what needs somebody's attention to what is done. */
const concern: MessageState[] = [
  "perhaps-delivered",
  "held",
  "refused",
  "deferred",
  "body-sent",
  "sending",
  "queued",
  "dropped",
  "accepted",
];

/** What is counted of the reports, each recipient by his last one. */
const claims: SentClaim["kind"][] = ["failed", "delayed", "relayed", "expanded", "delivered", "read", "deleted"];

/** concernOf: whoever took it and reports that it failed needs attention as one who refused it. */
const concernOf = (r: RecipientStatus) => concern.indexOf(hasFailed(r) ? "refused" : r.state);

/** byConcern puts first what needs attention, each kind in the draft's order. */
const byConcern = (all: readonly RecipientStatus[]) => [...all].sort((a, b) => concernOf(a) - concernOf(b));

/** How many recipients have their evidence open at first. */
const unfolded = 10;

type RowProps = { status: RecipientStatus; as: string; report: RecipientReport | undefined; isFolded: boolean };

function Row({ status: s, as, report, isFolded }: RowProps) {
  const { recipients: words } = useSentWords();
  const { language } = useLanguage();
  return (
    <li className={classes.recipient}>
      <StateMark state={s.state} />
      <div className={classes.who}>
        <p>
          <span className="quiet">{as}</span> {report ? <Nation code={report.nation} /> : null}{" "}
          {report?.name ? <strong>{report.name}</strong> : null}{" "}
          <Link className="mono" href={place("/book", s.address)} title={words.open(report?.name || s.address)}>
            {s.address}
          </Link>
          {s.by ? <span className="quiet"> {words.by(s.by)}</span> : null}
        </p>
        {s.reply ? (
          <p className={`mono ${classes.reply}`} title={words.reply}>
            {s.code ? `${s.code} ` : ""}
            {s.reply}
          </p>
        ) : null}
        {s.reports.map((c) => (
          <Claim key={`${c.kind} ${c.at} ${c.reporter}`} claim={c} />
        ))}
        {report && isFolded ? (
          <details className={classes.members}>
            <summary>
              {words.check}: <OutcomeMark outcome={outcomeOf(report)} />
            </summary>
            <Checked report={report} />
          </details>
        ) : null}
        {report && !isFolded ? <Checked report={report} /> : null}
      </div>
      <time className="quiet" dateTime={s.changed} title={dtg(s.changed)}>
        {longTime(s.changed, language)}
      </time>
    </li>
  );
}

/** Checked is what the check at Send found of one recipient, and of each member behind him. */
function Checked({ report: r }: { report: RecipientReport }) {
  const { recipients: words } = useSentWords();
  return (
    <>
      <VerdictLine name={words.check} verdict={r.verdict} />
      <VerdictLine name={words.link} verdict={r.link} isLink />
      {r.members && r.members.length > 0 ? (
        <details className={classes.members}>
          <summary>{words.members(r.members.length)}</summary>
          <Folded items={r.members} first={20} step={100} more={words.more}>
            {(m) => (
              <li key={m.address}>
                <OutcomeMark outcome={outcomeOf(m)} /> <Nation code={m.nation} /> {m.name}{" "}
                <span className="mono quiet">{m.address}</span>
              </li>
            )}
          </Folded>
        </details>
      ) : null}
    </>
  );
}

type VerdictProps = { name: string; verdict: Verdict; isLink?: boolean };

/** VerdictLine is an outcome with where it comes from; a link's comes from the installation, which is not read. */
export function VerdictLine({ name, verdict: v, isLink = false }: VerdictProps) {
  const reason = useReason();
  const note = useNote();
  return (
    <div className={classes.verdict}>
      <span className="quiet">{name}</span>
      <OutcomeMark outcome={v.outcome} />
      <div>
        {isLink ? <p>{note(v.evidence.directory ?? "")}</p> : <Source evidence={v.evidence} />}
        {v.reasons.length > 0 ? <p>{v.reasons.map(reason).join(" ")}</p> : null}
      </div>
    </div>
  );
}

function Source({ evidence: e }: { evidence: Evidence }) {
  const { recipients: words } = useSentWords();
  const { language } = useLanguage();
  const transport = useTransport();
  const note = useNote();
  return (
    <>
      {e.directory ? (
        <p>
          {e.readAt
            ? words.read(e.directory, longTime(e.readAt, language), transport(e.transport))
            : words.looked(e.directory)}
        </p>
      ) : null}
      {e.dn ? <p className="mono">{e.dn}</p> : null}
      {e.note ? <p>{note(e.note)}</p> : null}
    </>
  );
}
