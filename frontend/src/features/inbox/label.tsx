import type { InboxLabel, InboxMessage } from "../../api/types";
import { WarningIcon } from "../../components/icons";
import { MarkingBanner } from "../../components/marking";
import classes from "./inbox.module.css";
import { type InboxWords, useInboxWords } from "./words";

/**
 * Badge is the marking of a row in the policy's colours. One that is assumed says so; where nothing can be gone by, what the message
 * calls itself stands behind the warning, without colours: nobody may take it for a label.
 */
export function Badge({ label: l }: { label: InboxLabel }) {
  const { label: words } = useInboxWords();
  if (l.state === "faulty") {
    return (
      <span className={classes.faulty} title={[words.faulty, l.said ? words.claims(l.said) : ""].join(" ").trim()}>
        <WarningIcon size={12} /> {words.faulty}
        {l.said ? <span className="quiet"> {words.claims(l.said)}</span> : null}
      </span>
    );
  }
  if (l.state === "unlabelled" || !l.marking) return <span className={classes.unlabelled}>{words.none}</span>;
  const style = l.background ? { background: l.background, color: l.foreground } : undefined;
  const isAssumed = l.state === "assumed";
  return (
    <span className={classes.badge} style={style} title={isAssumed ? `${words.assumed} ${l.marking}` : l.marking}>
      {isAssumed ? <span className={classes.assumed}>{words.assumed} </span> : null}
      {l.marking}
    </span>
  );
}

/** LabelBanner runs across the top of a message: its marking in full, or that there is none to go by. */
export function LabelBanner({ label: l }: { label: InboxLabel }) {
  const words = useInboxWords();
  if (l.state === "faulty") {
    return (
      <p className={classes.doubt} role="note" aria-label={`${words.message.banner}: ${words.label.faulty}`}>
        <WarningIcon /> {words.label.faulty}
      </p>
    );
  }
  return (
    <MarkingBanner
      marking={l.state === "unlabelled" ? "" : l.marking}
      foreground={l.foreground}
      background={l.background}
      none={words.label.none}
      qualifier={l.state === "assumed" ? words.label.assumed : ""}
      label={words.message.banner}
    />
  );
}

const several = "several-senders";

/** SeveralSenders says that nobody can tell who a message is from, whatever its label is worth. */
export function SeveralSenders({ label: l }: { label: InboxLabel }) {
  const { faults } = useInboxWords();
  if (!l.faults.some((f) => f.code === several)) return null;
  return (
    <p className={`${classes.said} ${classes.wrong}`} role="note">
      <WarningIcon /> {faults[several]}
    </p>
  );
}

/** LabelSaid says in words what there is to say of a label that is not simply the sender's own. */
export function LabelSaid({ message: m }: { message: InboxMessage }) {
  const words = useInboxWords();
  const { label: l } = m;
  const { said } = words;
  if (l.state === "labelled") return null;
  if (l.state === "assumed") {
    return (
      <p className={classes.said} role="note">
        <strong>{said.assumed}.</strong> {assumedFrom(l, said)}
      </p>
    );
  }
  if (l.state === "unlabelled" && m.report?.message) return <p className="quiet">{said.report}</p>;
  if (l.state === "unlabelled") {
    return (
      <p className={classes.said} role="note">
        <strong>{said.unlabelled}.</strong> {said.unlabelledText}
      </p>
    );
  }
  return (
    <section className={`${classes.said} ${classes.wrong}`} aria-labelledby="faulty">
      <h2 id="faulty">
        <WarningIcon /> {said.faulty}
      </h2>
      <Faults label={l} words={words} />
      {l.said ? (
        <p>
          {said.claims} <strong>{l.said}</strong>
        </p>
      ) : null}
      <p>{said.faultyText}</p>
      <Technical label={l} words={words} />
    </section>
  );
}

const others = (l: InboxLabel) => l.faults.filter((f) => f.code !== several);

/** assumedFrom says where an assumed label is from, in the user's words where the program's sentence is the one that is known here. */
function assumedFrom(l: InboxLabel, said: InboxWords["said"]): string {
  const domain = /^It came without a label; .* for mail from (\S+)\.$/.exec(l.why ?? "")?.[1];
  if (domain) return said.assumedFor(domain);
  return l.why || said.assumedText;
}

/** Faults are what is wrong with a label, in the user's words; one that is not known keeps the program's. */
function Faults({ label, words }: { label: InboxLabel; words: InboxWords }) {
  return (
    <ul className={classes.plain}>
      {others(label).map((f) => (
        <li key={`${f.code} ${f.text}`}>{words.faults[f.code] ?? f.text}</li>
      ))}
    </ul>
  );
}

function Technical({ label, words }: { label: InboxLabel; words: InboxWords }) {
  const text = others(label)
    .map((f) => `${f.code}: ${f.text}`)
    .join("\n");
  if (!text) return null;
  return (
    <details>
      <summary>{words.said.details}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <code className={`${classes.technical} mono`} tabIndex={0}>
        {text}
      </code>
    </details>
  );
}
