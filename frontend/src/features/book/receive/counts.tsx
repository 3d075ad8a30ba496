import { useMemo } from "react";
import type { ReceiveCounts } from "../../../api/types";
import { type Column, Table } from "../../../components/table";
import { useLanguage } from "../../../words/language";
import { Bar } from "./bar";
import { type Part, partsOf } from "./queries";
import { useReceiveWords } from "./words";

/** A line of the count: a nation, or a unit. */
export type Line = { id: string; name: string; counts: ReceiveCounts; aside?: string };

type Props = { label: string; first: string; lines: readonly Line[]; scope: string; open: (line: Line) => void };

/** Counts is the table of nations or units: how many may, how many may not, and why not, in numbers and as bars. */
export function Counts({ label, first, lines, scope, open }: Props) {
  const words = useReceiveWords();
  const { language } = useLanguage();
  const columns = useMemo((): Column<Line>[] => {
    const number = (id: string, title: string, of: (c: ReceiveCounts) => number): Column<Line> => ({
      id,
      title,
      width: 72,
      least: 72,
      numeric: true,
      text: (l) => of(l.counts).toLocaleString(language),
      by: (l) => of(l.counts),
    });
    const part = (p: Part) => number(p, words.names[p], (c) => partsOf(c)[p]);
    return [
      { id: "name", title: first, width: 224, least: 112, text: (l) => `${l.name}${l.aside ? ` – ${l.aside}` : ""}` },
      {
        id: "bar",
        title: words.share,
        width: 152,
        least: 152,
        text: (l) => String(l.counts.may),
        cell: (l) => <Bar counts={l.counts} />,
        by: (l) => (l.counts.people === 0 ? 0 : l.counts.may / l.counts.people),
      },
      number("people", words.people, (c) => c.people),
      part("may"),
      part("notCleared"),
      part("noRoute"),
      part("unknown"),
      part("stale"),
      part("error"),
    ];
  }, [words, first, language]);
  return (
    <Table
      name="receive"
      label={label}
      rows={lines}
      columns={columns}
      idOf={(l) => l.id}
      scope={scope}
      opened={undefined}
      open={open}
    />
  );
}
