import { Button } from "@mantine/core";
import { type Ref, useMemo } from "react";
import type { Hit } from "../../api/types";
import { Address } from "../../components/address";
import { Nation } from "../../components/nation";
import { type Column, Table, type TableHandle } from "../../components/table";
import { useLanguage, useWords } from "../../words/language";
import classes from "./book.module.css";
import { limits } from "./queries";
import { useBookWords } from "./words";

type Props = {
  hits: readonly Hit[];
  scope: string;
  opened: string | undefined;
  open: (hit: Hit) => void;
  ref: Ref<TableHandle>;
};

/** named is a name as it is spoken: with the rank before it. */
export const named = (h: { rank?: string; name: string }) => (h.rank ? `${h.rank} ${h.name}` : h.name);

/** Results are the entries that were found, a row each. */
export function Results({ hits, scope, opened, open, ref }: Props) {
  const words = useBookWords();
  const { kind } = useWords();
  const columns = useMemo((): Column<Hit>[] => {
    const c = words.columns;
    return [
      {
        id: "nation",
        title: c.nation,
        width: 72,
        least: 72,
        text: (h) => h.nation,
        cell: (h) => <Nation code={h.nation} />,
      },
      { id: "kind", title: c.kind, width: 76, least: 76, text: (h) => kind[h.kind] },
      {
        id: "name",
        title: c.name,
        width: 240,
        least: 136,
        text: named,
        cell: (h) => <Name hit={h} />,
        by: (h) => h.name,
      },
      { id: "title", title: c.title, width: 200, least: 112, text: (h) => h.title ?? "" },
      { id: "unit", title: c.unit, width: 176, least: 96, text: (h) => h.unit },
      {
        id: "address",
        title: c.address,
        width: 240,
        least: 136,
        text: (h) => h.address,
        cell: (h) => <Address text={h.address} />,
      },
    ];
  }, [words, kind]);
  return (
    <Table
      ref={ref}
      name="book"
      label={words.results}
      rows={hits}
      columns={columns}
      idOf={(h) => h.id}
      scope={scope}
      opened={opened}
      open={open}
    />
  );
}

function Name({ hit }: { hit: Hit }) {
  return (
    <>
      {hit.rank ? <span className="quiet">{hit.rank} </span> : null}
      <strong className={classes.name}>{hit.name}</strong>
    </>
  );
}

type MoreProps = { limit: number; setLimit: (limit: number) => void; more: boolean; liveMore: boolean };

/** More says that there are more than are shown, and shows them as far as the program lists them. */
export function More({ limit, setLimit, more, liveMore }: MoreProps) {
  const words = useBookWords().more;
  const { language } = useLanguage();
  const next = limits.find((l) => l > limit);
  if (!more) return liveMore ? <p className={classes.more}>{words.live}</p> : null;
  return (
    <p className={classes.more} lang={language}>
      {words.shown(limit)}{" "}
      {next ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setLimit(next)}>
          {words.show(next)}
        </Button>
      ) : (
        words.narrow
      )}
    </p>
  );
}
