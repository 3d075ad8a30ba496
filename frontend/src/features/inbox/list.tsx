import { Button } from "@mantine/core";
import { type Ref, useMemo } from "react";
import type { InboxRow } from "../../api/types";
import { AttachIcon, RefusedIcon } from "../../components/icons";
import { Nation } from "../../components/nation";
import { type Column, Table, type TableHandle } from "../../components/table";
import { type Language, useLanguage } from "../../words/language";
import { dtg, longTime } from "../../words/time";
import { useMilitaryWords } from "../draft/military/words";
import classes from "./inbox.module.css";
import { Badge } from "./label";
import { isUrgent, rankOf } from "./precedence";
import { type InboxWords, useInboxWords } from "./words";

type Props = {
  messages: readonly InboxRow[];
  /** What the list is the answer to. */
  scope: string;
  opened: string | undefined;
  open: (m: InboxRow) => void;
  total: number | undefined;
  nearEnd: (() => void) | undefined;
  ref: Ref<TableHandle>;
};

/** InboxTable is what came in, a row each; beside an opened message the same in two columns. */
export function InboxTable({ messages, scope, opened, open, total, nearEnd, ref }: Props) {
  const words = useInboxWords();
  const { precedence } = useMilitaryWords();
  const { language } = useLanguage();
  const isNarrow = opened !== undefined;
  const columns = useMemo(
    () => (isNarrow ? narrowColumns(words, precedence, language) : wideColumns(words, precedence, language)),
    [isNarrow, words, precedence, language],
  );
  return (
    <Table
      ref={ref}
      name="inbox"
      label={words.list}
      rows={messages}
      columns={columns}
      idOf={(m) => m.id}
      scope={scope}
      opened={opened}
      open={open}
      sortable={!isNarrow}
      lines={isNarrow ? 3 : 2}
      total={total}
      nearEnd={nearEnd}
    />
  );
}

type Named = Record<string, string>;

function wideColumns(words: InboxWords, precedence: Named, language: Language): Column<InboxRow>[] {
  const c = words.columns;
  return [
    { id: "from", title: c.from, width: 232, least: 216, text: senderOf, cell: (m) => <From row={m} /> },
    {
      id: "subject",
      title: c.subject,
      width: 384,
      least: 120,
      text: (m) => subjectOf(m, words),
      cell: (m) => <Subject row={m} />,
    },
    {
      id: "marking",
      title: c.marking,
      width: 264,
      least: 240,
      text: (m) => m.label.marking,
      cell: (m) => <Badge label={m.label} />,
    },
    {
      id: "precedence",
      title: c.precedence,
      width: 104,
      least: 104,
      text: (m) => named(precedence, m),
      cell: (m) => <Precedence row={m} />,
      by: (m) => rankOf(m.precedence),
      greatestFirst: true,
    },
    {
      id: "received",
      title: c.received,
      width: 152,
      least: 152,
      text: (m) => longTime(m.received, language),
      cell: (m) => <Time at={m.received} />,
      by: (m) => m.received,
    },
  ];
}

/** narrowColumns have ids of their own: widths that somebody sets for them are not those of the wide ones. */
function narrowColumns(words: InboxWords, precedence: Named, language: Language): Column<InboxRow>[] {
  const c = words.columns;
  return [
    {
      id: "who",
      title: c.from,
      width: 176,
      least: 168,
      text: (m) => `${senderOf(m)} ${longTime(m.received, language)}`,
      cell: (m) => (
        <>
          <Sender row={m} />
          <span className={`${classes.line} ${classes.from} quiet`}>
            <Time at={m.received} />
          </span>
        </>
      ),
    },
    {
      id: "what",
      title: c.subject,
      width: 216,
      least: 184,
      text: (m) => `${m.label.marking} ${named(precedence, m)} ${subjectOf(m, words)}`,
      cell: (m) => (
        <>
          <Badge label={m.label} />
          <span className={classes.line} title={subjectOf(m, words)}>
            <Precedence row={m} urgentOnly /> <Said row={m} />
          </span>
        </>
      ),
    },
  ];
}

export const senderOf = (m: InboxRow) => m.from.name || m.from.address;

/** subjectOf is what stands for the subject: of what is withheld none is known. */
export function subjectOf(m: InboxRow, words: InboxWords): string {
  if (m.withheld) return words.withheld;
  if (m.report?.subject) return `${words.report[m.report.kind]}: ${m.report.subject}`;
  return m.subject || (m.problem ? words.notHere : words.noSubject);
}

const named = (words: Named, m: InboxRow) => words[m.precedence ?? ""] ?? m.precedence ?? "";

function From({ row: m }: { row: InboxRow }) {
  return (
    <>
      <Sender row={m} />
      {m.from.name ? (
        <span className={`${classes.line} ${classes.from} ${classes.address} quiet`} title={m.from.address}>
          {m.from.address}
        </span>
      ) : null}
    </>
  );
}

/** Sender is who a message says that it is from, under the nation that decides for the address; unread ones have a dot. */
function Sender({ row: m }: { row: InboxRow }) {
  const words = useInboxWords();
  const name = senderOf(m);
  return (
    <span className={`${classes.line} ${classes.from}`} data-unread={!m.seen || undefined} title={name}>
      {m.seen ? null : (
        <>
          <span className={classes.dot} aria-hidden />
          <span className="visually-hidden">{words.unread}: </span>
        </>
      )}
      <span className={classes.nation}>
        <Nation code={m.from.nation} />
      </span>{" "}
      <span className={classes.name}>{name}</span>
    </span>
  );
}

/** Subject is a message's subject over what else is worth knowing before it is opened. */
function Subject({ row: m }: { row: InboxRow }) {
  const words = useInboxWords();
  const notes = [
    m.report && !m.report.subject && !m.withheld ? words.report[m.report.kind] : "",
    m.problem ?? "",
    m.answered ? words.answered : "",
  ].filter(Boolean);
  const hasMore = notes.length > 0 || m.attachments > 0;
  return (
    <>
      <span className={hasMore ? classes.line : undefined} title={subjectOf(m, words)}>
        <Said row={m} />
      </span>
      {hasMore ? (
        <span className={`${classes.line} quiet`} title={notes.join(" · ")}>
          {m.attachments > 0 ? (
            <span className={classes.files}>
              <AttachIcon size={12} /> {words.files(m.attachments)}
            </span>
          ) : null}
          {notes.join(" · ")}
        </span>
      ) : null}
    </>
  );
}

function Said({ row: m }: { row: InboxRow }) {
  const words = useInboxWords();
  if (m.withheld) {
    return (
      <span className={classes.withheld}>
        <RefusedIcon size={12} /> {words.withheld}
      </span>
    );
  }
  return (
    <span className={classes.subject} data-unread={!m.seen || undefined}>
      {subjectOf(m, words)}
    </span>
  );
}

/** Precedence is how urgent a message says that it is; what is urgent stands out. */
export function Precedence({ row: m, urgentOnly = false }: { row: InboxRow; urgentOnly?: boolean }) {
  const { precedence } = useMilitaryWords();
  const isHigh = isUrgent(m.precedence);
  if (!m.precedence || (urgentOnly && !isHigh)) return null;
  return <span className={isHigh ? classes.urgent : undefined}>{named(precedence, m)}</span>;
}

function Time({ at }: { at: string }) {
  const { language } = useLanguage();
  return (
    <time dateTime={at} title={dtg(at)}>
      {longTime(at, language)}
    </time>
  );
}

type OlderProps = { n: number; next: (() => void) | undefined; isFetching: boolean };

/** Older says that the end is not reached. Scrolling brings the next ones, or its button. */
export function Older({ n, next, isFetching }: OlderProps) {
  const { more } = useInboxWords();
  if (!next) return null;
  return (
    <p className={classes.older}>
      {more.shown(n)}{" "}
      <Button variant="subtle" size="compact-sm" disabled={isFetching} onClick={next}>
        {isFetching ? more.reading : more.next}
      </Button>
    </p>
  );
}
