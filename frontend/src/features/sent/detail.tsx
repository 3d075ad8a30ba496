import type { ReactNode } from "react";
import { Link } from "wouter";
import { Problem } from "../../api/problem";
import type { Message, SentEvidence } from "../../api/types";
import { MarkingBanner } from "../../components/marking";
import { place } from "../../components/place";
import { DetailHead } from "../../components/split";
import { ProblemState, SkeletonRows } from "../../components/state";
import { useLanguage } from "../../words/language";
import { clock, dtg, longTime } from "../../words/time";
import { CheckAtSend } from "./check";
import { Decide, Drop, SaveCopy } from "./decide";
import { needsDecision, replacedBy, useEvidence, useRow } from "./queries";
import { Recipients } from "./recipients";
import classes from "./sent.module.css";
import { StateMark, stateMeans, stateWord } from "./state";
import { useSentWords } from "./words";

type Props = {
  id: string;
  /** What the list knows of it already. */
  row: Message | undefined;
  close: () => void;
};

/** MessageDetail is one message as it left, under its marking, with what became of it and on what it was cleared. */
export function MessageDetail({ id, row, close }: Props) {
  const { detail: words, noSubject } = useSentWords();
  const evidence = useEvidence(id);
  if (evidence.data) return <Shown evidence={evidence.data} close={close} />;
  if (evidence.isError)
    return <Missing id={id} error={evidence.error} retry={() => void evidence.refetch()} close={close} />;
  return (
    <article className={classes.detail}>
      <MarkingBanner marking={row?.marking ?? ""} label={words.banner} />
      <DetailHead id={id} title={row ? row.subject || noSubject : words.loading} close={close} />
      <SkeletonRows label={words.loading} />
    </article>
  );
}

function Shown({ evidence: { message: m, draft, report }, close }: { evidence: SentEvidence; close: () => void }) {
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
        title={m.subject || words.noSubject}
        close={close}
        actions={
          <>
            <SaveCopy id={m.id} />
            <Drop message={m} />
          </>
        }
      />
      {needsDecision(m) ? <Decide message={m} /> : null}
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
          <Field name={words.detail.precedence}>{draft.primaryPrecedence}</Field>
          <Field name={words.detail.copyPrecedence}>{draft.copyPrecedence}</Field>
          <Field name={words.detail.sic}>{draft.sic?.join(", ")}</Field>
          <Field name={words.detail.type}>{draft.messageType}</Field>
          <Field name={words.detail.reference}>{draft.originatorReference}</Field>
          <Field name={words.detail.handling}>{draft.handling?.join(", ")}</Field>
          <Field name={words.detail.exempted}>{draft.exempted?.join(", ")}</Field>
          <Field name={words.detail.id}>
            <span className="mono">{m.id}</span>{" "}
            <span className="quiet">
              {words.detail.channels[m.channel]}
              {m.attempts > 0 ? `, ${words.detail.attempts(m.attempts)}` : ""}
            </span>
          </Field>
        </dl>
        <h2>{words.detail.text}</h2>
        {draft.body ? <p className={classes.body}>{draft.body}</p> : <p className="quiet">{words.detail.noText}</p>}
        <Recipients message={m} draft={draft} report={report} />
        <CheckAtSend message={m} report={report} />
      </div>
      {banner}
    </article>
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
