import { type Ref, useMemo } from "react";
import type { ChatConversation } from "../../api/types";
import { RoomIcon } from "../../components/icons";
import { Nation } from "../../components/nation";
import { type Column, Table, type TableHandle } from "../../components/table";
import { type Language, useLanguage } from "../../words/language";
import { clock, dtg, longDate } from "../../words/time";
import { Badge } from "../inbox/label";
import shared from "./chat.module.css";
import classes from "./list.module.css";
import { type ChatWords, useChatWords } from "./words";

type Props = {
  conversations: readonly ChatConversation[];
  opened: string | undefined;
  open: (c: ChatConversation) => void;
  ref: Ref<TableHandle>;
};

/** Conversations are people and rooms, a row each: who, the marking of what was said last, and what there is to look after. */
export function Conversations({ conversations, opened, open, ref }: Props) {
  const words = useChatWords();
  const { language } = useLanguage();
  const columns = useMemo(() => columnsOf(words, language), [words, language]);
  return (
    <Table
      ref={ref}
      name="chat"
      label={words.list}
      rows={conversations}
      columns={columns}
      idOf={(c) => c.id}
      opened={opened}
      open={open}
      sortable={false}
      lines={linesOf(conversations)}
    />
  );
}

const letters = 26; // of a marking stand in a line of the narrowest list, at least

/** linesOf is how high rows are: a marking is never cut off, and all rows are alike. */
function linesOf(conversations: readonly ChatConversation[]): number {
  const longest = Math.max(0, ...conversations.map((c) => (c.last ? c.last.label.marking.length : 0)));
  return 2 + Math.min(4, Math.max(1, Math.ceil(longest / letters)));
}

function columnsOf(words: ChatWords, language: Language): Column<ChatConversation>[] {
  return [
    {
      id: "conversation",
      title: words.list,
      width: 240,
      least: 200,
      fixed: false,
      text: (c) => `${c.name} ${c.last?.label.marking ?? ""} ${noteOf(c, words).text}`,
      cell: (c) => <Cell conversation={c} words={words} language={language} />,
    },
  ];
}

type CellProps = { conversation: ChatConversation; words: ChatWords; language: Language };

function Cell({ conversation: c, words, language }: CellProps) {
  const note = noteOf(c, words);
  return (
    <>
      <span className={`${classes.line} ${classes.called}`} data-unread={c.unread > 0 || undefined} title={c.address}>
        <Nation code={c.nation} />
        {c.kind === "room" ? <RoomIcon size={12} title={words.head.room} /> : null}
        <span className={classes.name}>{c.name}</span>
        {c.last ? (
          <time dateTime={c.last.at} title={dtg(c.last.at)} className="quiet">
            {shortTime(c.last.at, language)}
          </time>
        ) : null}
      </span>
      {c.last ? (
        <span className={classes.called}>
          <span className={`${classes.marking} ${shared.whole}`}>
            <Badge label={c.last.label} />
          </span>
          {c.unread > 0 ? (
            <span className={classes.count}>
              <span className="visually-hidden">{words.row.unread(c.unread)}</span>
              <span aria-hidden>{c.unread > 99 ? "99+" : c.unread}</span>
            </span>
          ) : null}
        </span>
      ) : null}
      <span className={`${classes.line} ${classes.last}`} data-tone={note.tone} title={note.text}>
        {note.text}
      </span>
    </>
  );
}

/** shortTime is the time of today, and the day of what is older. */
function shortTime(at: string, language: Language): string {
  const isToday = new Date(at).toISOString().slice(0, 10) === new Date().toISOString().slice(0, 10);
  return isToday ? clock(at) : longDate(at, language);
}

/** noteOf is what a row says below: what there is to look after, else what was said last. */
export function noteOf(
  c: ChatConversation,
  { row: words }: ChatWords,
): { text: string; tone: "bad" | "warn" | "quiet" } {
  const notes: string[] = [];
  if (c.kind === "room" && c.joined && c.notCleared > 0) {
    return { text: words.notCleared(c.notCleared), tone: "bad" };
  }
  if (c.kind === "room" && !c.joined) notes.push(c.wanted ? words.waiting : words.left);
  if (c.problem && !c.wanted) notes.push(c.problem); // why it is waited is said where it is opened
  if (notes.length > 0) return { text: notes.join(" · "), tone: "warn" };
  if (!c.last) return { text: words.nothing, tone: "quiet" };
  const who = c.last.mine ? words.you : c.kind === "room" ? c.last.from : "";
  const said = c.last.withheld ? words.withheld : c.last.text;
  return { text: who ? `${who}: ${said}` : said, tone: "quiet" };
}
