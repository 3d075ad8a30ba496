import { Button } from "@mantine/core";
import { type Ref, useMemo } from "react";
import { Link } from "wouter";
import type { Message } from "../../api/types";
import { Address } from "../../components/address";
import { Folded } from "../../components/folded";
import { place } from "../../components/place";
import { type Column, Table, type TableHandle } from "../../components/table";
import { type Language, useLanguage } from "../../words/language";
import { dtg, longTime } from "../../words/time";
import { deliveredAfter, failedAfter, limits, needsDecision } from "./queries";
import classes from "./sent.module.css";
import { StateMark, stateWord, titleOf } from "./state";
import { type SentWords, useSentWords } from "./words";

type Props = {
  messages: readonly Message[];
  opened: string | undefined;
  open: (m: Message) => void;
  ref: Ref<TableHandle>;
};

/** MessageTable is what was sent, a row each. */
export function MessageTable({ messages, opened, open, ref }: Props) {
  const words = useSentWords();
  const { language } = useLanguage();
  const columns = useMemo((): Column<Message>[] => {
    const c = words.columns;
    return [
      {
        id: "state",
        title: c.state,
        width: 176,
        least: 136,
        text: (m) => [stateWord(m, words), failedWord(m, words) || arrivedWord(m, words)].filter(Boolean).join(" "),
        cell: (m) => <State message={m} />,
      },
      {
        id: "time",
        title: c.time,
        width: 168,
        least: 168,
        text: (m) => longTime(m.created, language),
        cell: (m) => <Time at={m.created} language={language} />,
        by: (m) => m.created,
      },
      { id: "subject", title: c.subject, width: 320, least: 152, text: (m) => titleOf(m, words) },
      { id: "marking", title: c.marking, width: 240, least: 152, text: (m) => m.marking },
      {
        id: "count",
        title: c.count,
        width: 96,
        least: 96,
        text: (m) => m.recipients.length.toLocaleString(language),
        by: (m) => m.recipients.length,
        numeric: true,
      },
      { id: "to", title: c.to, width: 240, least: 120, text: firstOf, cell: (m) => <Address text={firstOf(m)} /> },
    ];
  }, [words, language]);
  return (
    <Table
      ref={ref}
      name="sent"
      label={words.list}
      rows={messages}
      columns={columns}
      idOf={(m) => m.id}
      opened={opened}
      open={open}
    />
  );
}

/** failedWord says for how many it is reported that a message did not arrive; "": for none. */
const failedWord = (m: Message, words: SentWords) => {
  const n = failedAfter(m);
  return n > 0 ? words.failedAfter(n) : "";
};

/** arrivedWord says for how many it is reported that a message arrived; "": for none. */
const arrivedWord = (m: Message, words: SentWords) => {
  const n = deliveredAfter(m);
  return n > 0 ? words.deliveredAfter(n, m.recipients.length) : "";
};

/** State is what became of a message here, over what is reported against it since. */
function State({ message: m }: { message: Message }) {
  const words = useSentWords();
  return (
    <>
      <StateMark state={m.state} word={stateWord(m, words)} />
      {failedAfter(m) > 0 ? <span className={classes.failed}>{failedWord(m, words)}</span> : null}
      {failedAfter(m) === 0 && deliveredAfter(m) > 0 ? (
        <span className={`quiet ${classes.arrived}`}>{arrivedWord(m, words)}</span>
      ) : null}
    </>
  );
}

/** Time is a moment, with its date-time group under the pointer. */
function Time({ at, language }: { at: string; language: Language }) {
  return (
    <time dateTime={at} title={dtg(at)}>
      {longTime(at, language)}
    </time>
  );
}

/** firstOf names as many recipients as may fit into a cell. */
const firstOf = (m: Message) =>
  m.recipients
    .slice(0, 3)
    .map((r) => r.address)
    .join(", ") + (m.recipients.length > 3 ? ", …" : "");

/** Decisions are the messages to which nothing more happens until the user says what. */
export function Decisions({ messages }: { messages: readonly Message[] }) {
  const words = useSentWords();
  const { language } = useLanguage();
  const waiting = messages.filter(needsDecision);
  if (waiting.length === 0) return null;
  return (
    <section className={classes.decisions} aria-labelledby="decisions">
      <h2 id="decisions">{words.decisions.title(waiting.length)}</h2>
      <Folded items={waiting} first={3} step={10} more={words.decisions.more}>
        {(m) => (
          <li key={m.id}>
            <StateMark state={m.state} word={stateWord(m, words)} />
            <Link href={place("/sent", m.id)}>{titleOf(m, words)}</Link>
            <Time at={m.created} language={language} />
          </li>
        )}
      </Folded>
    </section>
  );
}

/** Older shows more of the list, as far as the program gives it. */
export function Older({ n, limit, setLimit }: { n: number; limit: number; setLimit: (limit: number) => void }) {
  const { more } = useSentWords();
  const next = limits.find((l) => l > limit);
  if (n < limit) return null;
  return (
    <p className={classes.older}>
      {more.shown(n)}{" "}
      {next ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setLimit(next)}>
          {more.show(next)}
        </Button>
      ) : (
        more.end
      )}
    </p>
  );
}
