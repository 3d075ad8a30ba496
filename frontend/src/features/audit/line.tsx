import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { Problem } from "../../api/problem";
import type { AuditEntry } from "../../api/types";
import { useCopy } from "../../components/copy";
import { place } from "../../components/place";
import { DetailHead } from "../../components/split";
import { ProblemState, SkeletonRows } from "../../components/state";
import { useLanguage } from "../../words/language";
import { dtg, longTime } from "../../words/time";
import classes from "./audit.module.css";
import { useLine } from "./queries";
import { partOf, sentence, typeOf } from "./sentence";
import { useAuditWords } from "./words";

/** LineDetail is one line of the log in words, its place in the chain, and its bytes. */
export function LineDetail({ seq, close }: { seq: number; close: () => void }) {
  const { line: words } = useAuditWords();
  const line = useLine(seq);
  if (line.data) return <Shown entry={line.data} close={close} />;
  const isUnknown = line.error instanceof Problem && line.error.status === 404;
  return (
    <article className={classes.detail}>
      <DetailHead id={String(seq)} title={isUnknown ? words.unknown : words.title(seq)} close={close} />
      {line.isPending ? <SkeletonRows label={words.title(seq)} /> : null}
      {line.isError && !isUnknown ? <ProblemState error={line.error} retry={() => void line.refetch()} /> : null}
    </article>
  );
}

function Shown({ entry: e, close }: { entry: AuditEntry; close: () => void }) {
  const all = useAuditWords();
  const words = all.line;
  const { language } = useLanguage();
  const { copied, copy } = useCopy();
  return (
    <article className={classes.detail}>
      <DetailHead
        id={String(e.seq)}
        title={words.title(e.seq)}
        close={close}
        actions={
          <>
            {e.seq > 1 ? (
              <Button component={Link} href={`/admin/audit/${e.seq - 1}`} variant="default">
                {words.earlier}
              </Button>
            ) : null}
            {e.fault ? null : (
              <Button component="a" href={`/api/audit/lines/${e.seq}/proof`} variant="default" download>
                {words.proof}
              </Button>
            )}
            {e.followed === null ? null : (
              <Button component={Link} href={`/admin/audit/${e.seq + 1}`} variant="default">
                {words.later}
              </Button>
            )}
          </>
        }
      />
      <div className={classes.parts}>
        <p className={classes.said}>{sentence({ ...e, changes: e.changes?.slice(0, 3), moreChanges: 0 }, all)}</p>
        <dl className={classes.fields}>
          <Field name={words.time}>
            {e.time ? (
              <time dateTime={e.time}>
                {longTime(e.time, language)} <span className="quiet">{dtg(e.time)}</span>
              </time>
            ) : null}
          </Field>
          <Field name={words.type}>{typeOf(e, all)}</Field>
          <Field name={words.by}>{e.actor}</Field>
          <Field name={words.noted}>{e.type === "settings" ? e.what : null}</Field>
          <Field name={words.marking}>{e.marking}</Field>
          <Field name={words.message}>
            {e.message ? (
              <>
                <span className="mono">{e.message}</span>{" "}
                {e.copy ? null : <Link href={place("/admin/audit", e.message)}>{words.toMessage}</Link>}
              </>
            ) : null}
          </Field>
          <Field name={words.held}>
            <span className={isHeld(e) ? undefined : classes.damaged}>{chained(e, words)}</span>
          </Field>
          <Field name={words.hash}>
            <span className="mono">{e.hash}</span>
          </Field>
          <Field name={words.prev}>
            <span className="mono">{e.prev}</span>
          </Field>
        </dl>
        <Changes of={e.changes ?? []} />
        <h2>{words.raw}</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <code className={`${classes.raw} mono`} tabIndex={0}>
          {e.line}
        </code>
        <Button size="compact-sm" variant="default" onClick={() => copy(e.line)}>
          {copied ? words.copied : words.copy}
        </Button>
      </div>
    </article>
  );
}

/** Changes are those of the installation, value by value. */
function Changes({ of }: { of: NonNullable<AuditEntry["changes"]> }) {
  const all = useAuditWords();
  const words = all.line;
  if (of.length === 0) return null;
  return (
    <>
      <h2 id="audit-changes">{words.changes}</h2>
      <table className={classes.changes} aria-labelledby="audit-changes">
        <thead>
          <tr>
            <th scope="col">{words.part}</th>
            <th scope="col">{words.field}</th>
            <th scope="col">{words.before}</th>
            <th scope="col">{words.after}</th>
          </tr>
        </thead>
        <tbody>
          {of.map((c) => (
            <tr key={`${c.section} ${c.name} ${c.field} ${c.before} ${c.after}`}>
              <th scope="row">{[partOf(c.section, all), c.name].filter(Boolean).join(" ")}</th>
              <td className="mono">{c.field ?? all.say.changes[c.change] ?? c.change}</td>
              <td>{c.before}</td>
              <td>{c.after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const isHeld = (e: AuditEntry) => !e.fault && e.follows && e.followed !== false;

function chained(e: AuditEntry, words: ReturnType<typeof useAuditWords>["line"]): string {
  if (e.fault) return words.fault(e.fault);
  if (!e.follows) return words.notFollows;
  if (e.followed === false) return words.notFollowed;
  return e.followed === null ? words.isNewest : words.isHeld;
}

/** Field is a name with its value; without one it is left out. */
export function Field({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
