import { type Ref, useMemo } from "react";
import type { AuditLine } from "../../api/types";
import { type Column, Table, type TableHandle } from "../../components/table";
import { useLanguage } from "../../words/language";
import { dtg, longTime } from "../../words/time";
import classes from "./audit.module.css";
import { sentence, typeOf } from "./sentence";
import { useAuditWords } from "./words";

type Props = {
  rows: readonly AuditLine[];
  sent: boolean;
  opened: string | undefined;
  open: (l: AuditLine) => void;
  scope: string;
  ref: Ref<TableHandle>;
};

/** LineTable is lines of the log, newest first, a row each; beside one that is open the same in two columns. */
export function LineTable({ rows, sent, opened, open, scope, ref }: Props) {
  const words = useAuditWords();
  const { language } = useLanguage();
  const isBeside = opened !== undefined;
  const columns = useMemo((): Column<AuditLine>[] => {
    const c = words.columns;
    const time: Column<AuditLine> = {
      id: "time",
      title: c.time,
      width: 164,
      least: 164,
      text: (l) => (l.time ? longTime(l.time, language) : ""),
      cell: (l) =>
        l.time ? (
          <time dateTime={l.time} title={dtg(l.time)}>
            {longTime(l.time, language)}
          </time>
        ) : null,
    };
    const actor: Column<AuditLine> = { id: "actor", title: c.actor, width: 96, least: 72, text: (l) => l.actor ?? "" };
    const marking: Column<AuditLine> = {
      id: "marking",
      title: c.marking,
      width: 240,
      least: 136,
      text: (l) => l.marking ?? "",
    };
    const text: Column<AuditLine> = {
      id: "text",
      title: c.text,
      width: 480,
      least: 200,
      text: (l) => sentence(l, words),
    };
    if (isBeside) return [time, sent ? marking : text];
    if (sent)
      return [time, marking, { id: "to", title: c.to, width: 400, least: 200, text: (l) => sentence(l, words) }, actor];
    return [
      { id: "seq", title: c.seq, width: 64, least: 56, numeric: true, text: (l) => l.seq.toLocaleString(language) },
      time,
      {
        id: "type",
        title: c.type,
        width: 104,
        least: 88,
        text: (l) => typeOf(l, words),
        cell: (l) => <span className={l.fault ? classes.damaged : undefined}>{typeOf(l, words)}</span>,
      },
      text,
      actor,
    ];
  }, [words, language, sent, isBeside]);
  return (
    <Table
      ref={ref}
      name={sent ? "audit-sent" : "audit"}
      label={sent ? words.sentList : words.list}
      rows={rows}
      columns={columns}
      idOf={(l) => String(l.seq)}
      scope={scope}
      opened={opened}
      open={open}
      sortable={false}
    />
  );
}
