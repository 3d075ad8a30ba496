import { Button, Progress } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import type { RefusedFor, RefusedMessage } from "../../api/types";
import { Failed } from "../../components/failed";
import { Folded } from "../../components/folded";
import { Nation } from "../../components/nation";
import { OutcomeMark } from "../../components/outcome";
import layout from "../../components/page.module.css";
import { PageHead } from "../../components/page-head";
import { place } from "../../components/place";
import { EmptyState } from "../../components/state";
import { useLanguage } from "../../words/language";
import { useNote } from "../../words/reasons";
import { longTime } from "../../words/time";
import classes from "./audit.module.css";
import { Day } from "./filter";
import { useRefused } from "./queries";
import { Sections } from "./sections";
import { useAuditWords } from "./words";

const month = 30 * 24 * 3600 * 1000; // ms

/** RefusedPage answers: what was sent that would now be refused? It is decided a part at a time, and can be stopped. */
export function RefusedPage() {
  const { now: words, parts } = useAuditWords();
  const [from, setFrom] = useState(() => new Date(Date.now() - month).toISOString().slice(0, 10));
  const [state, setState] = useState<"no" | "runs" | "stopped">("no");
  const found = useRefused(from, state !== "no");
  const { hasNextPage, isFetching, isError, fetchNextPage, refetch } = found;
  const runs = state === "runs" && (isFetching || (hasNextPage && !isError));
  useEffect(() => {
    if (state === "runs" && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [state, hasNextPage, isFetching, isError, fetchNextPage]);
  const pages = found.data?.pages ?? [];
  const examined = pages.reduce((n, p) => n + (p?.examined ?? 0), 0);
  const messages = pages.flatMap((p) => p?.messages ?? []);
  const newest = pages[0]?.newest ?? 0;
  const next = pages.at(-1)?.next ?? 0;
  const part = newest > 0 ? Math.floor((100 * (newest - next)) / newest) : 0;
  const run = () => {
    if (found.data) void refetch();
    setState("runs");
  };
  return (
    <div className={layout.page}>
      <Sections />
      <PageHead
        title={parts.refused}
        summary={words.hint}
        actions={
          <>
            <span role="status">
              {runs ? words.running(examined, part) : null}
              {!runs && found.data && state !== "no"
                ? next > 0
                  ? words.stopped(examined)
                  : words.done(examined)
                : null}
            </span>
            <Day
              label={words.from}
              value={from}
              set={(day) => {
                setFrom(day);
                setState("no");
              }}
            />
            {runs ? (
              <Button variant="default" onClick={() => setState("stopped")}>
                {words.stop}
              </Button>
            ) : (
              <Button onClick={run}>{words.run}</Button>
            )}
          </>
        }
      />
      {runs ? <Progress value={part} size="xs" aria-label={words.running(examined, part)} /> : null}
      <Failed error={found.error} hasOld={found.data !== undefined} retry={() => void refetch()} />
      <div className={classes.refused}>
        {!runs && state !== "no" && found.data && messages.length === 0 ? (
          <EmptyState title={words.fine}>{words.fineHint(examined)}</EmptyState>
        ) : null}
        {state !== "no" && messages.length > 0 ? <Found messages={messages} /> : null}
      </div>
    </div>
  );
}

/** isRefused: somebody who got it is known not to be permitted now. */
const isRefused = (m: RefusedMessage) =>
  m.label.length > 0 || [m.originator, ...m.recipients].some((r) => r?.finding === "refused");

const isUndecided = (m: RefusedMessage) =>
  Boolean(m.undecided) || [m.originator, ...m.recipients].some((r) => r?.finding === "undecided");

function Found({ messages }: { messages: readonly RefusedMessage[] }) {
  const { now: words } = useAuditWords();
  const refused = messages.filter(isRefused).length;
  const undecided = messages.filter((m) => !isRefused(m) && isUndecided(m)).length;
  return (
    <>
      <p className={classes.said}>{words.summary(refused, undecided)}</p>
      <Folded items={messages} first={50} step={100} more={words.more} className={classes.plain}>
        {(m) => <Message key={m.message.seq} message={m} />}
      </Folded>
    </>
  );
}

function Message({ message: m }: { message: RefusedMessage }) {
  const { now: words, line } = useAuditWords();
  const { language } = useLanguage();
  const id = m.message.message ?? "";
  const name = id || line.title(m.message.seq); // of a damaged line nothing else is known
  return (
    <li className={classes.message}>
      <header>
        {m.message.time ? <time dateTime={m.message.time}>{longTime(m.message.time, language)}</time> : null}
        <strong>{m.message.marking}</strong>
        <span className="mono">{m.message.messageId || name}</span>
        <Link href={place("/admin/audit", id || String(m.message.seq))} aria-label={`${words.open}: ${name}`}>
          {words.open}
        </Link>
      </header>
      {m.undecided ? (
        <p>
          <span className={classes.finding} data-finding="undecided">
            {words.undecided}
          </span>{" "}
          {m.undecided}
        </p>
      ) : null}
      {m.label.length > 0 ? (
        <p>
          <span className={classes.finding}>{words.label}</span> {m.label.join(" ")}
        </p>
      ) : null}
      <Folded
        items={m.originator ? [m.originator, ...m.recipients] : m.recipients}
        first={20}
        step={100}
        more={words.more}
        className={classes.list}
      >
        {(r) => <For key={r.address} who={r} isOriginator={r === m.originator} />}
      </Folded>
    </li>
  );
}

function For({ who: r, isOriginator }: { who: RefusedFor; isOriginator: boolean }) {
  const { now: words, trail } = useAuditWords();
  const note = useNote();
  const { language } = useLanguage();
  return (
    <li>
      <span className={classes.finding} data-finding={r.finding}>
        {words.findings[r.finding]}
      </span>
      <div>
        <p>
          {isOriginator ? <span className="quiet">{words.originator}</span> : null}{" "}
          {r.nation ? <Nation code={r.nation} /> : null} {r.name ? <strong>{r.name}</strong> : null}{" "}
          <span className="mono">{r.address}</span> {r.got === "perhaps" ? trail.got.perhaps : null}{" "}
          {r.override ? <span className="quiet">{words.override}</span> : null}
        </p>
        <p className={classes.small}>
          <OutcomeMark outcome={r.outcome} /> {r.reasons.map(note).join(" ")}{" "}
          <span className="quiet">
            {[r.directory, r.readAt ? trail.readAt(longTime(r.readAt, language), "") : ""].filter(Boolean).join(" · ")}
          </span>
        </p>
      </div>
    </li>
  );
}
