import { useCallback } from "react";
import type { Hit } from "../../api/types";
import { Address } from "../../components/address";
import { isExpired, named } from "../../components/hit";
import { StarIcon } from "../../components/icons";
import { Nation } from "../../components/nation";
import type { Column } from "../../components/table";
import type { useWords } from "../../words/language";
import classes from "./book.module.css";
import { useBookWords } from "./words";

/** useNotes says of an entry what must be known before it is chosen: whether it is in use, who else has the address, who decides. */
export function useNotes(): (h: Hit) => string {
  const { note: words } = useBookWords();
  return useCallback(
    (h: Hit) =>
      [
        h.disabled ? words.disabled : isExpired(h) ? words.expired : "",
        h.decides || !h.address ? "" : words.notDeciding,
        h.also.length > 0 ? words.also([...new Set(h.also.map((a) => a.nation || a.directory))].join(", ")) : "",
        h.lookalike ? words.lookalike(h.lookalike) : "",
        h.live ? words.live : "",
      ]
        .filter(Boolean)
        .join(" · "),
    [words],
  );
}

type Kinds = ReturnType<typeof useWords>["kind"];

/** hitColumns are the columns of a list of entries; the notes have one when there are any. */
export function hitColumns(
  words: ReturnType<typeof useBookWords>,
  kind: Kinds,
  notes: ((h: Hit) => string) | undefined,
): Column<Hit>[] {
  const c = words.columns;
  const all: (Column<Hit> | false)[] = [
    {
      id: "nation",
      title: c.nation,
      width: 72,
      least: 64,
      text: (h) => h.nation,
      cell: (h) => <Nation code={h.nation} />,
    },
    { id: "kind", title: c.kind, width: 76, least: 68, text: (h) => kind[h.kind] },
    {
      id: "name",
      title: c.name,
      width: 240,
      least: 120,
      text: named,
      cell: (h) => <Name hit={h} />,
      by: (h) => h.name,
    },
    notes !== undefined && { id: "note", title: c.note, width: 168, least: 96, text: notes },
    { id: "title", title: c.title, width: 184, least: 88, text: (h) => h.title ?? "" },
    { id: "unit", title: c.unit, width: 168, least: 80, text: (h) => h.unit },
    {
      id: "address",
      title: c.address,
      width: 224,
      least: 112,
      text: (h) => h.address,
      cell: (h) => <Address text={h.address} />,
    },
  ];
  return all.filter((x) => x !== false);
}

function Name({ hit }: { hit: Hit }) {
  const { note } = useBookWords();
  return (
    <>
      {hit.favourite ? (
        <span className={classes.starred}>
          <StarIcon size={12} filled title={note.favourite} />{" "}
        </span>
      ) : null}
      {hit.rank ? <span className="quiet">{hit.rank} </span> : null}
      <strong className={classes.name}>{hit.name}</strong>
    </>
  );
}
