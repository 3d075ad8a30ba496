import type { ReactNode } from "react";
import { Link } from "wouter";
import { Problem } from "../../api/problem";
import type { Message, SentEvidence } from "../../api/types";
import { MarkingBanner } from "../../components/marking";
import { place } from "../../components/place";
import { DetailHead } from "../../components/split";
import { ProblemState, SkeletonRows } from "../../components/state";
import { useLanguage } from "../../words/language";
import { bytes } from "../../words/numbers";
import { clock, dtg, longTime } from "../../words/time";
import { Answer } from "./answer";
import { CheckAtSend } from "./check";
import { InConversation } from "./conversation";
import { CopyState } from "./copy";
import { Decide, Drop, SaveCopy } from "./decide";
import { InLog } from "./in-log";
import { needsDecision, replacedBy, useEvidence, useRow, withReports } from "./queries";
import { Recipients } from "./recipients";
import classes from "./sent.module.css";
import { StateMark, stateMeans, stateWord, titleOf } from "./state";
import { useSentWords } from "./words";

type Props = {
  id: string;
  /** What the list knows of it already. */
  row: Message | undefined;
  close: () => void;
};

/** MessageDetail is one message as it left, under its marking, with what became of it and on what it was cleared. */
export function MessageDetail({ id, row, close }: Props) {
  const sent = useSentWords();
  const words = sent.detail;
  const evidence = useEvidence(id);
  if (evidence.data) return <Shown evidence={evidence.data} close={close} />;
  if (evidence.isError)
    return <Missing id={id} error={evidence.error} retry={() => void evidence.refetch()} close={close} />;
  return (
    <article className={classes.detail}>
      <MarkingBanner marking={row?.marking ?? ""} label={words.banner} />
      <DetailHead id={id} title={row ? titleOf(row, sent) : words.loading} close={close} />
      <SkeletonRows label={words.loading} />
    </article>
  );
}

function Shown({ evidence, close }: { evidence: SentEvidence; close: () => void }) {
  const { draft, report } = evidence;
  const row = useRow(evidence.message.id);
  const m = withReports(evidence.message, row.data);
  const words = useSentWords();
  const { language } = useLanguage();
  const banner = (
    <MarkingBanner
      marking={m.marking}
      foreground={report?.label.foreground}
      background={report?.label.background}
      label={words.detail.banner}
    />
  );
  return (
    <article className={classes.detail}>
      <div className={classes.top}>{banner}</div>
      <DetailHead
        id={m.id}
        title={titleOf(m, words)}
        close={close}
        actions={
          <>
            <Answer message={m} />
            {m.channel === "chat" ? <InConversation message={m} account={draft.account} /> : <SaveCopy id={m.id} />}
            <InLog id={m.id} />
            <Drop message={m} />
          </>
        }
      />
      {needsDecision(m) ? <Decide message={m} report={report} /> : null}
      <div className={classes.parts}>
        {needsDecision(m) ? null : (
          <p className={classes.means}>
            <StateMark state={m.state} word={stateWord(m, words)} />
            <span>
              {stateMeans(m, words, clock(m.nextTry))} <Note message={m} />
            </span>
          </p>
        )}
        <dl className={classes.fields}>
          <Field name={words.detail.from}>
            <span className="mono">{m.sender}</span>
          </Field>
          <Field name={words.detail.time}>
            {longTime(m.created, language)} <span className="quiet">{dtg(m.created)}</span>
          </Field>
          <Field name={words.detail.sendAt}>
            {draft.sendAt ? `${longTime(draft.sendAt, language)} · ${dtg(draft.sendAt)}` : ""}
          </Field>
          <Field name={words.detail.precedence}>{draft.primaryPrecedence}</Field>
          <Field name={words.detail.copyPrecedence}>{draft.copyPrecedence}</Field>
          <Field name={words.detail.sic}>{draft.sic?.join(", ")}</Field>
          <Field name={words.detail.type}>{draft.messageType}</Field>
          <Field name={words.detail.reference}>{draft.originatorReference}</Field>
          <Field name={words.detail.handling}>{draft.handling?.join(", ")}</Field>
          <Field name={words.detail.exempted}>{draft.exempted?.join(", ")}</Field>
          <Field name={words.copy.title}>{m.copy ? <CopyState copy={m.copy} /> : null}</Field>
          <Field name={words.detail.id}>
            <span className="mono">{m.id}</span>{" "}
            <span className="quiet">
              {words.detail.channels[m.channel]}
              {m.attempts > 0 ? `, ${words.detail.attempts(m.attempts)}` : ""}
            </span>
          </Field>
        </dl>
        <h2>{words.detail.text}</h2>
        <Text draft={draft} report={report} />
        <Files draft={draft} report={report} />
        {row.isError ? <p role="alert">{words.unreported}</p> : null}
        <Recipients message={m} draft={draft} report={report} />
        <CheckAtSend message={m} report={report} />
      </div>
      {banner}
    </article>
  );
}

type PartsProps = Pick<SentEvidence, "draft" | "report">;

const partOf = (report: SentEvidence["report"], kind: "paragraph" | "attachment", index: number) =>
  report?.parts?.find((p) => p.kind === kind && p.index === index);

/** Text is what was written, each portion-marked paragraph behind its mark. */
function Text({ draft, report }: PartsProps) {
  const words = useSentWords();
  const parts = draft.parts?.map((p, i) => `(${partOf(report, "paragraph", i)?.portion || "…"}) ${p.text}`) ?? [];
  const text = [draft.body, ...parts].filter(Boolean).join("\n\n");
  return text ? <p className={classes.body}>{text}</p> : <p className="quiet">{words.detail.noText}</p>;
}

/** Files are the attachments as they went, with the markings that they bear themselves. */
function Files({ draft, report }: PartsProps) {
  const words = useSentWords();
  const { language } = useLanguage();
  if (!draft.attachments?.length) return null;
  return (
    <>
      <h2>{words.detail.attachments}</h2>
      <ul>
        {draft.attachments.map((a, i) => (
          <li key={`${a.sha256} ${a.file}`}>
            <a href={`/api/attachments/${a.sha256}?name=${encodeURIComponent(a.file)}`} download={a.file}>
              {a.file}
            </a>{" "}
            <span className="quiet">
              {[bytes(a.size ?? 0, language), partOf(report, "attachment", i)?.marking].filter(Boolean).join(", ")}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Note is what the program noted when the state changed, in its own words where it has no others. */
function Note({ message: m }: { message: Message }) {
  const words = useSentWords();
  if (!m.note || m.note === "dropped by the user") return null;
  const other = replacedBy(m);
  if (other) return <Link href={place("/sent", other)}>{words.toAnew}</Link>;
  return (
    <span className="quiet">
      {words.note}: {m.note}
    </span>
  );
}

function Field({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type MissingProps = { id: string; error: unknown; retry: () => void; close: () => void };

/** Missing stands for a message that cannot be shown. One that waits can still be stopped. */
function Missing({ id, error, retry, close }: MissingProps) {
  const { detail: words } = useSentWords();
  const isUnknown = error instanceof Problem && error.status === 404;
  const row = useRow(id, !isUnknown);
  return (
    <article className={classes.detail}>
      <DetailHead
        id={id}
        title={isUnknown ? words.unknown : words.message(id)}
        close={close}
        actions={row.data ? <Drop message={row.data} always /> : undefined}
      />
      {isUnknown ? (
        <p className={`${classes.parts} quiet`}>{words.unknownHint}</p>
      ) : (
        <ProblemState error={error} retry={retry} />
      )}
    </article>
  );
}
