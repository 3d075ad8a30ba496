import { Button } from "@mantine/core";
import { type Ref, useMemo } from "react";
import type { Hit } from "../../api/types";
import { type Column, Table, type TableHandle } from "../../components/table";
import type { Marks } from "../../components/table-marks";
import { useLanguage, useWords } from "../../words/language";
import classes from "./book.module.css";
import { hitColumns, useNotes } from "./columns";
import { useBookWords } from "./words";

type Props = {
  hits: readonly Hit[];
  scope: string;
  opened: string | undefined;
  open: (hit: Hit) => void;
  marks: Marks;
  /** false: they come in the order of the book, of which only a part is here. */
  sortable?: boolean;
  total?: number | undefined;
  nearEnd?: (() => void) | undefined;
  /** Columns that would say the same in all rows. */
  without?: readonly string[];
  ref: Ref<TableHandle>;
};

/** Results are the entries that were found, a row each. */
export function Results({ hits, scope, opened, open, marks, sortable = true, total, nearEnd, without, ref }: Props) {
  const words = useBookWords();
  const { kind } = useWords();
  const notes = useNotes();
  const withNotes = hits.some((h) => notes(h) !== "");
  const columns = useMemo(
    (): Column<Hit>[] => hitColumns(words, kind, withNotes ? notes : undefined).filter((c) => !without?.includes(c.id)),
    [words, kind, notes, withNotes, without],
  );
  return (
    <Table
      ref={ref}
      name={without ? "book-browse" : "book"}
      label={words.results}
      rows={hits}
      columns={columns}
      idOf={(h) => h.id}
      scope={scope}
      opened={opened}
      open={open}
      marks={marks}
      sortable={sortable}
      total={total}
      nearEnd={nearEnd}
    />
  );
}

type MoreProps = {
  /** How many of the copy are shown, and whether it has more. */
  n: number;
  more: boolean;
  /** undefined: a list goes no further. */
  next: (() => void) | undefined;
  isFetching: boolean;
  liveMore: boolean;
};

/** More says that the end is not reached. Scrolling brings the next ones, or its button, as far as a list goes. */
export function More({ n, more, next, isFetching, liveMore }: MoreProps) {
  const words = useBookWords().more;
  const { language } = useLanguage();
  if (!more) return liveMore ? <p className={classes.more}>{words.live}</p> : null;
  return (
    <p className={classes.more} lang={language}>
      {words.shown(n)}{" "}
      {next ? (
        <Button variant="subtle" size="compact-sm" disabled={isFetching} onClick={next}>
          {isFetching ? words.reading : words.next}
        </Button>
      ) : (
        words.narrow
      )}
    </p>
  );
}
