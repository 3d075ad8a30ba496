import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Entry, Hit } from "../../../api/types";
import { Field } from "../../../components/field";
import { named } from "../../../components/hit";
import { Nation } from "../../../components/nation";
import { place } from "../../../components/place";
import { useLanguage, useWords } from "../../../words/language";
import { bytes } from "../../../words/numbers";
import { age, longDate, longTime } from "../../../words/time";
import { useTransport } from "../../../words/transports";
import classes from "../book.module.css";
import { useEntryWords } from "./words";

/** Fields are what is known of one entry; the level of its headings depends on whether it is the only one. */
export function Fields({ entry: e, level: Heading }: { entry: Entry; level: "h2" | "h3" }) {
  const shared = useWords();
  const words = useEntryWords();
  const { language } = useLanguage();
  const transport = useTransport();
  const stale = e.freshness.state !== "fresh";
  return (
    <>
      <dl className={classes.fields}>
        <Field name={words.kind}>{shared.kind[e.kind]}</Field>
        <Field name={words.nation}>{e.nation}</Field>
        <Field name={words.rank}>{e.rank}</Field>
        <Field name={words.title}>{e.title}</Field>
        <Field name={words.unit}>{e.unit}</Field>
        <Field name={words.organisation}>{e.organisation}</Field>
        <Field name={words.path}>{e.path.length > 0 ? <Path entry={e} /> : null}</Field>
        <Field name={words.mail}>{several(e.mail, "mono")}</Field>
        <Field name={words.jid}>{several(e.jid, "mono")}</Field>
        <Field name={words.phone}>{several(e.phone)}</Field>
        <Field name={words.expiresAt}>{e.expiresAt ? longTime(e.expiresAt, language) : null}</Field>
        <Field name={words.certificate}>
          {e.certificateUntil ? words.until(longDate(e.certificateUntil, language)) : null}
        </Field>
        <Field name={words.clearances}>
          {words.published(e.clearances)}
          <p className={classes.small}>{e.clearances === 0 ? words.noneMeans[e.kind] : words.notShown}</p>
        </Field>
      </dl>
      <Capabilities entry={e} level={Heading} />
      <Groups groups={e.groups} level={Heading} />
      <Heading className={classes.part}>{words.evidence}</Heading>
      <dl className={classes.fields}>
        <Field name={words.directory}>
          {e.directory} <span className="quiet">{e.decides ? words.decides : words.decidesNot}</span>
        </Field>
        <Field name={words.dn}>
          <span className="mono">{e.dn}</span>
        </Field>
        <Field name={words.read}>
          {longTime(e.readAt, language)} <span className="quiet">({age(e.readAt, shared)})</span>
          {stale ? <p className={classes.small}>{words.fresh[e.freshness.state]}</p> : null}
          {e.freshness.why ? <p className={classes.small}>{words.notSince(e.freshness.why)}</p> : null}
        </Field>
        <Field name={words.transport}>{transport(e.transport)}</Field>
        <Field name={words.also}>{e.also.length > 0 ? <Also entry={e} /> : null}</Field>
      </dl>
    </>
  );
}

/** Path leads from the top of the tree to where the entry stands. */
function Path({ entry: e }: { entry: Entry }) {
  return e.path.map((n, i) => (
    <span key={n.id}>
      {i > 0 ? " › " : ""}
      <Link href={`/book/browse?directory=${encodeURIComponent(n.directory)}&node=${n.id}`}>{n.name}</Link>
    </span>
  ));
}

/** Also lists who else claims the address. */
function Also({ entry: e }: { entry: Entry }) {
  const words = useEntryWords();
  return e.also.map((a) => (
    <p key={a.id}>
      <Link href={place("/book", a.id)}>{a.name}</Link>{" "}
      <span className="quiet">
        {a.directory}, {a.decides ? words.decides : words.decidesNot}
      </span>
    </p>
  ));
}

type PartProps = { entry: Entry; level: "h2" | "h3" };

function Capabilities({ entry: e, level: Heading }: PartProps) {
  const words = useEntryWords();
  const { language } = useLanguage();
  const c = e.capabilities;
  if (!c) return null;
  return (
    <>
      <Heading className={classes.part}>{words.capabilities}</Heading>
      <dl className={classes.fields}>
        <Field name={words.maxSize}>{c.maxSize > 0 ? bytes(c.maxSize, language) : null}</Field>
        <Field name={words.attachments}>{c.noAttachments ? words.noAttachments : null}</Field>
        <Field name={words.emCon}>{c.emCon ? (words.emCons[c.emCon] ?? c.emCon) : null}</Field>
        <Field name={words.labels}>{c.labels ? words.answer[c.labels] : null}</Field>
        <Field name={words.mmhs}>{c.mmhs ? words.answer[c.mmhs] : null}</Field>
      </dl>
    </>
  );
}

function Groups({ groups, level: Heading }: { groups: readonly Hit[]; level: "h2" | "h3" }) {
  const words = useEntryWords();
  if (groups.length === 0) return null;
  return (
    <>
      <Heading className={classes.part}>{words.groups}</Heading>
      <ul className={classes.members}>
        {groups.map((g) => (
          <li key={g.id}>
            <Nation code={g.nation} />
            <Link href={place("/book", g.id)}>{named(g)}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function several(values: readonly string[], className?: string): ReactNode {
  return values.length === 0
    ? null
    : values.map((v) => (
        <p key={v} className={className}>
          {v}
        </p>
      ));
}
