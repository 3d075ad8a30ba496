import type { ReactNode } from "react";
import { Link } from "wouter";
import type { InboxAddress, InboxMessage, InboxSender } from "../../api/types";
import { Folded } from "../../components/folded";
import { Nation } from "../../components/nation";
import { place } from "../../components/place";
import { useLanguage } from "../../words/language";
import { dtg, longTime } from "../../words/time";
import { useMilitaryWords } from "../draft/military/words";
import classes from "./inbox.module.css";
import { useInboxWords } from "./words";

/** Fields are what the header of a message says: from whom, to whom, when, and what a military message says beside it. */
export function Fields({ message: m }: { message: InboxMessage }) {
  const { message: words } = useInboxWords();
  return (
    <dl className={classes.fields}>
      <Field name={words.from}>
        <Nation code={m.from.nation} /> <Person address={m.from} isProgram={m.report?.kind === "delivery"} />
      </Field>
      <Field name={words.replyTo}>
        {isElsewhere(m) ? (
          <>
            <People list={m.replyTo} /> <span className={classes.warns}>{words.notToSender}</span>
          </>
        ) : null}
      </Field>
      <Field name={words.to}>{m.to.length > 0 ? <People list={m.to} /> : null}</Field>
      <Field name={words.cc}>{m.cc.length > 0 ? <People list={m.cc} /> : null}</Field>
      <Field name={words.received}>
        <Moment at={m.received} />
      </Field>
      <Field name={words.sent}>{m.date && isApart(m.date, m.received) ? <Moment at={m.date} /> : null}</Field>
      <Military message={m} />
      <Field name={words.receiptTo}>{m.receiptTo.length > 0 ? <People list={m.receiptTo} /> : null}</Field>
    </dl>
  );
}

/** isElsewhere: replies go to somebody else than the sender, which must be seen before one writes. */
const isElsewhere = (m: InboxMessage) =>
  m.replyTo.some((a) => a.address.toLowerCase() !== m.from.address.toLowerCase());

const minute = 60_000;

/** isApart: the sender's own time says something that the time of arrival does not. */
const isApart = (a: string, b: string) => Math.abs(new Date(a).getTime() - new Date(b).getTime()) > minute;

/** Military are the fields of a military message, under the names that drafts have for them. */
function Military({ message: { military: m, precedence } }: { message: InboxMessage }) {
  const { military: words } = useInboxWords();
  const { precedence: named, type } = useMilitaryWords();
  const { language } = useLanguage();
  const say = (p: string | undefined) => (p ? (named[p] ?? p) : "");
  if (!m) return <Field name={words.primaryPrecedence}>{say(precedence)}</Field>;
  return (
    <>
      <Field name={words.primaryPrecedence}>{say(m.primaryPrecedence)}</Field>
      <Field name={words.copyPrecedence}>{say(m.copyPrecedence)}</Field>
      <Field name={words.messageType}>
        {[m.messageType ? (type[m.messageType] ?? m.messageType) : "", m.messageIdentifier].filter(Boolean).join(" ")}
      </Field>
      <Field name={words.sic}>{m.sic.join(", ")}</Field>
      <Field name={words.reference}>{m.originatorReference}</Field>
      <Field name={words.handling}>{m.handling.join(", ")}</Field>
      <Field name={words.instructions}>{m.instructions.join(", ")}</Field>
      <Field name={words.authorised}>
        {m.authorised ? `${longTime(m.authorised, language)} · ${dtg(m.authorised)}` : ""}
      </Field>
      <Field name={words.exempted}>{m.exempted.length > 0 ? <People list={m.exempted} /> : null}</Field>
      <Field name={words.twice}>{m.twice.join(", ")}</Field>
    </>
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

function Moment({ at }: { at: string }) {
  const { language } = useLanguage();
  return (
    <time dateTime={at}>
      {longTime(at, language)} <span className="quiet">{dtg(at)}</span>
    </time>
  );
}

function People({ list }: { list: readonly (InboxAddress | InboxSender)[] }) {
  const { message: words } = useInboxWords();
  return (
    <Folded items={list} first={6} step={50} more={words.moreAddresses} className={classes.people}>
      {(a, i) => (
        <li key={i}>
          {"nation" in a ? <Nation code={a.nation} /> : null} <Person address={a} />
        </li>
      )}
    </Folded>
  );
}

/**
 * Person is somebody as a message names him: the name is the sender's claim, so the address always stands beside it. A mail
 * server that reports is in no book. */
function Person({ address: a, isProgram = false }: { address: InboxAddress; isProgram?: boolean }) {
  const { message: words } = useInboxWords();
  return (
    <>
      {a.name ? <span>{a.name} </span> : null}
      {a.address && isProgram ? <span className="mono">{a.address}</span> : null}
      {a.address && !isProgram ? (
        <Link className="mono" href={place("/book", a.address)} title={words.inBook(a.name || a.address)}>
          {a.address}
        </Link>
      ) : null}
    </>
  );
}
