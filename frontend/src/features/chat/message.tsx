import { memo } from "react";
import { Link } from "wouter";
import type { ChatMessage, MessageState } from "../../api/types";
import { RefusedIcon, WarningIcon } from "../../components/icons";
import { Nation } from "../../components/nation";
import { place } from "../../components/place";
import { useReason, useReasonText } from "../../words/reasons";
import { clock, dtg } from "../../words/time";
import { Badge } from "../inbox/label";
import { useInboxWords } from "../inbox/words";
import { StateMark } from "../sent/state";
import shared from "./chat.module.css";
import { Joiner } from "./joiner";
import classes from "./message.module.css";
import { senderOf } from "./sender";
import { type ChatWords, useChatWords } from "./words";

type Props = {
  message: ChatMessage;
  /** Left out: it cannot be corrected. */
  correct: ((id: string) => void) | undefined;
};

/** Message is one thing that was said, under its marking. Of one that is withheld it says who, when and why, and nothing else. */
export const Message = memo(function Message({ message: m, correct }: Props) {
  const words = useChatWords();
  if (m.kind === "subject") return <Line message={m} text={subjectOf(m, words)} />;
  const who = m.mine ? words.message.you : senderOf(m.from, words);
  return (
    <article
      className={classes.message}
      data-mine={m.mine || undefined}
      data-kind={m.kind}
      aria-label={`${who}, ${clock(m.at)}`}
    >
      <time dateTime={m.at} title={dtg(m.at)} className="quiet">
        {clock(m.at)}
      </time>
      <div className={classes.content}>
        <header>
          <span className={classes.who}>
            {m.mine ? null : <Nation code={m.from.nation} />}
            <strong title={m.from.address || undefined}>{who}</strong>
            {!m.mine && m.from.name && m.from.nick ? <span className="quiet">{m.from.nick}</span> : null}
            {m.private ? <span className={classes.note}>{words.message.private}</span> : null}
            {m.corrected ? <span className={classes.note}>{words.message.corrected}</span> : null}
            {m.late ? <span className="quiet">{words.message.late}</span> : null}
          </span>
          {m.kind === "refusal" ? null : <Marking label={m.label} />}
        </header>
        <Said message={m} />
        <Doubts message={m} />
        <Became message={m} correct={correct} />
      </div>
    </article>
  );
});

/** Line is something that happened, in one line. A subject is text: it stands under its marking too. */
function Line({ message: m, text }: { message: ChatMessage; text: string }) {
  return (
    <article className={classes.message} data-kind="subject" aria-label={text}>
      <time dateTime={m.at} title={dtg(m.at)} className="quiet">
        {clock(m.at)}
      </time>
      <div className={classes.content}>
        <header>
          <span className={`${classes.who} quiet`}>{text}</span>
          {m.label.state === "unlabelled" && !m.flagged ? null : <Marking label={m.label} />}
        </header>
        <Doubts message={m} />
      </div>
    </article>
  );
}

/** Marking is that of what is read here: never cut off. */
function Marking({ label }: Pick<ChatMessage, "label">) {
  return (
    <span className={shared.whole}>
      <Badge label={label} />
    </span>
  );
}

function subjectOf(m: ChatMessage, { message: words }: ChatWords): string {
  const who = m.mine ? words.you : m.from.name || m.from.nick;
  if (m.withheld) return words.subjectHidden(who);
  return m.body ? words.subject(who, m.body) : words.noSubject(who);
}

/** Said is the text, as text. */
function Said({ message: m }: { message: ChatMessage }) {
  const { message: words } = useChatWords();
  const all = useChatWords();
  if (m.withheld) return <Withheld message={m} />;
  if (m.kind === "invitation") {
    return (
      <div className={classes.text}>
        <p>{words.invitation(senderOf(m.from, all), m.room ?? "")}</p>
        {m.body ? <p>{m.body}</p> : null}
        {m.room ? <Joiner room={m.room} text={words.join} /> : null}
      </div>
    );
  }
  return (
    <>
      {m.kind === "refusal" ? <p className={classes.wrong}>{words.refusal}</p> : null}
      {m.subject ? (
        <p className={classes.text}>
          <strong>{m.subject}</strong>
        </p>
      ) : null}
      {m.body ? <p className={classes.text}>{m.body}</p> : null}
      {m.cut ? <p className={shared.doubt}>{words.cut}</p> : null}
    </>
  );
}

/** Withheld stands for what the reader's own clearance does not permit, or of which nobody can say that it does (RULES 20). */
function Withheld({ message: m }: { message: ChatMessage }) {
  const { message: words } = useChatWords();
  const reason = useReason();
  return (
    <div className={classes.withheld}>
      <p>
        <RefusedIcon size={12} /> <strong>{words.withheld}</strong>
      </p>
      {m.withheldWhy.map((r) => (
        <p key={`${r.rule} ${r.text}`}>{reason(r)}</p>
      ))}
    </div>
  );
}

/** isTaken: a message of the user's own that the server has taken; a state stands below it. */
const isTaken = (m: ChatMessage) => m.mine && m.state === "accepted";

/** flagOf is what to be careful about in a message. */
function flagOf(m: ChatMessage, { flagged: words }: ChatWords["message"], said: (text: string) => string): string {
  if (m.label.state === "unlabelled") return m.mine ? words.stripped : words.unlabelled;
  return m.corrected && !m.mine ? words.relabelled : said(m.flagged ?? "");
}

/** Doubts are what to be careful about, in words. */
function Doubts({ message: m }: { message: ChatMessage }) {
  const { message: words } = useChatWords();
  const { faults } = useInboxWords();
  const said = useReasonText();
  const { label: l } = m;
  const flagged = m.flagged && !isTaken(m) ? flagOf(m, words, said) : ""; // of one that was taken it stands beside its state
  return (
    <>
      {flagged ? <Doubt text={flagged} /> : null}
      {l.state === "assumed" ? (
        <p className="quiet" title={l.why}>
          {words.assumed}
        </p>
      ) : null}
      {l.state === "faulty" && m.kind !== "refusal" ? (
        <Doubt text={words.invalid}>
          <details>
            <summary>{words.why}</summary>
            {l.faults.map((f) => (
              <p key={`${f.code} ${f.text}`} title={f.text}>
                {faults[f.code] ?? f.text}
              </p>
            ))}
          </details>
        </Doubt>
      ) : null}
      {m.problem ? <Doubt text={`${words.problem} ${m.problem}`} /> : null}
    </>
  );
}

function Doubt({ text, children }: { text: string; children?: React.ReactNode }) {
  return (
    <div className={shared.doubt}>
      <WarningIcon size={12} /> {text}
      {children}
    </div>
  );
}

const needsDecision = ["held", "perhaps-delivered"];

/** Became is what became of a message of the user's own. */
function Became({ message: m, correct }: Props) {
  const { message: words } = useChatWords();
  const said = useReasonText();
  if (!m.mine || (!m.state && !m.delivered)) return null;
  const state = m.state ?? "";
  const why = (isTaken(m) && m.flagged ? flagOf(m, words, said) : "") || (m.stateWhy ? said(m.stateWhy) : "");
  return (
    <div className={classes.became}>
      {state ? <StateMark state={state as MessageState} word={words.states[state] ?? state} /> : null}
      {m.delivered ? <span className="quiet">{words.delivered}</span> : null}
      {why ? (
        <span className={isTaken(m) ? shared.doubt : classes.whyNot}>
          {isTaken(m) ? <WarningIcon size={12} /> : null} {why}
        </span>
      ) : null}
      {m.message && needsDecision.includes(state) ? <Link href={place("/sent", m.message)}>{words.toSent}</Link> : null}
      {m.message && state === "refused" ? <Link href={place("/sent", m.message)}>{words.sent}</Link> : null}
      {correct ? (
        <button type="button" onClick={() => correct(m.id)}>
          {words.correct}
        </button>
      ) : null}
    </div>
  );
}
