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

const shown: Part[] = ["may", "notCleared", "withdrawn", "noRoute", "unknown", "stale", "error"];
const always: Part[] = ["may", "notCleared"]; // the others when somebody is in them: the columns must fit a narrow window

/** Counts is the table of nations or units: how many may, how many may not, and why not, in numbers and as bars. */
export function Counts({ label, first, lines, scope, open }: Props) {
  const words = useReceiveWords();
  const { language } = useLanguage();
  const columns = useMemo((): Column<Line>[] => {
    const number = (id: string, title: string, of: (c: ReceiveCounts) => number): Column<Line> => ({
      id,
      title,
      width: 72,
      least: Math.max(72, Math.ceil(title.length * 7.5) + 28), // a heading that is cut could be another's
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
      ...shown.filter((p) => always.includes(p) || lines.some((l) => partsOf(l.counts)[p] > 0)).map(part),
    ];
  }, [words, first, language, lines]);
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
