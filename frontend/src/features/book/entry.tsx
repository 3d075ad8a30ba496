import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { Problem } from "../../api/problem";
import type { Entry, Hit } from "../../api/types";
import { useCopy } from "../../components/copy";
import { Nation } from "../../components/nation";
import { DetailHead } from "../../components/split";
import { Notice, ProblemState, SkeletonRows } from "../../components/state";
import { useLanguage, useWords } from "../../words/language";
import { age, longTime } from "../../words/time";
import { useTransport } from "../../words/transports";
import { newDraftPath } from "../drafts/new-draft";
import classes from "./book.module.css";
import { Members } from "./members";
import { useClaims, useEntry } from "./queries";
import { named } from "./results";
import { useBookWords } from "./words";

type Props = {
  /** Id or address, as it stands in the page's address. */
  what: string;
  /** What the list knows of it already. */
  hit: Hit | undefined;
  close: () => void;
};

/** EntryDetail is everything that a drafter may know of an entry, and of all others that claim its address. */
export function EntryDetail({ what, hit, close }: Props) {
  const { entry: words } = useBookWords();
  const found = useEntry(what);
  const entries = found.data ?? [];
  const addresses = entries[0] ? [...entries[0].mail, ...entries[0].jid] : [];
  const claims = useClaims(
    addresses,
    entries.map((e) => e.id),
  );
  const all = [...entries, ...claims];
  const isUnknown = found.error instanceof Problem && found.error.status === 404;
  const known = isUnknown ? undefined : (entries[0] ?? hit);
  const title = known ? named(known) : isUnknown ? words.unknown : words.loading;
  return (
    <article className={classes.entry}>
      <DetailHead
        id={what}
        title={title}
        mark={known ? <Nation code={known.nation} /> : undefined}
        close={close}
        actions={known ? <Actions entry={known} /> : undefined}
      />
      {isUnknown ? (
        <section>
          <p className="quiet">{words.unknownHint}</p>
        </section>
      ) : found.isError ? (
        <ProblemState error={found.error} retry={() => void found.refetch()} />
      ) : null}
      {found.isPending ? <SkeletonRows label={words.loading} /> : null}
      {all.length > 1 ? (
        <Notice>
          <strong>{words.claimed(all.length)}</strong>
          <p>{words.claimedMeans}</p>
        </Notice>
      ) : null}
      {all.map((e, i) => (
        <section key={e.id}>
          {all.length > 1 ? <h2>{words.other(i + 1, all.length, named(e))}</h2> : null}
          <Fields entry={e} level={all.length > 1 ? "h3" : "h2"} />
        </section>
      ))}
    </article>
  );
}

function Actions({ entry }: { entry: Hit }) {
  const { entry: words } = useBookWords();
  const [, go] = useLocation();
  const { copied, copy } = useCopy();
  if (!entry.address) return <p className="quiet">{words.noAddress}</p>;
  return (
    <>
      <Button
        classNames={{ label: classes.long }}
        onClick={() => go(`${newDraftPath()}?to=${encodeURIComponent(entry.address)}`)}
      >
        {words.write(entry.name || entry.address)}
      </Button>
      <Button variant="default" onClick={() => copy(entry.address)}>
        {copied ? words.copied : words.copy}
      </Button>
    </>
  );
}

/** Fields are what is known of one entry; the level of its headings depends on whether it is the only one. */
function Fields({ entry: e, level: Heading }: { entry: Entry; level: "h2" | "h3" }) {
  const shared = useWords();
  const { entry: words } = useBookWords();
  const { language } = useLanguage();
  const transport = useTransport();
  return (
    <>
      <dl className={classes.fields}>
        <Field name={words.kind}>{shared.kind[e.kind]}</Field>
        <Field name={words.nation}>{e.nation}</Field>
        <Field name={words.rank}>{e.rank}</Field>
        <Field name={words.title}>{e.title}</Field>
        <Field name={words.unit}>{e.unit}</Field>
        <Field name={words.mail}>{several(e.mail, "mono")}</Field>
        <Field name={words.jid}>{several(e.jid, "mono")}</Field>
        <Field name={words.phone}>{several(e.phone)}</Field>
        <Field name={words.clearances}>
          {words.published(e.clearances)}
          <p className={classes.small}>{e.clearances === 0 ? words.noneMeans[e.kind] : words.notShown}</p>
        </Field>
      </dl>
      <Members entry={e} level={Heading} />
      <Heading className={classes.part}>{words.evidence}</Heading>
      <dl className={classes.fields}>
        <Field name={words.directory}>{e.directory}</Field>
        <Field name={words.dn}>
          <span className="mono">{e.dn}</span>
        </Field>
        <Field name={words.read}>
          {longTime(e.readAt, language)} <span className="quiet">({age(e.readAt, shared)})</span>
        </Field>
        <Field name={words.transport}>{transport(e.transport)}</Field>
      </dl>
    </>
  );
}

/** Field is a line of what is known; what is not published has none. */
function Field({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
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
