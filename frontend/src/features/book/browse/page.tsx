import { useDocumentTitle, useSessionStorage } from "@mantine/hooks";
import { useCallback, useMemo, useRef } from "react";
import { useLocation, useParams, useSearch } from "wouter";
import type { Hit } from "../../../api/types";
import { Failed } from "../../../components/failed";
import { nameIn, place } from "../../../components/place";
import { Split, useReturn } from "../../../components/split";
import { EmptyState, SkeletonRows } from "../../../components/state";
import type { TableHandle } from "../../../components/table";
import { Tree } from "../../../components/tree/tree";
import { useLanguage, useWords } from "../../../words/language";
import classes from "../book.module.css";
import { Copies } from "../copies";
import { EntryDetail } from "../entry/entry";
import { MarkedBar, useMarked } from "../marked";
import { Results } from "../results";
import { Sections } from "../sections";
import { useBookWords } from "../words";
import { idOf, type Unit, useNodeEntries, useTree } from "./queries";
import { useBrowseWords } from "./words";

type Place = { open: string[]; cursor: string };

/** BrowsePage goes through the organisations of each nation, down to those who stand in a unit. */
export function BrowsePage() {
  const shared = useWords();
  const words = useBrowseWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const table = useRef<TableHandle>(null);
  const [at, setAt] = usePlace();
  const open = useMemo(() => new Set(at.open), [at.open]);
  const tree = useTree(open);
  const { language } = useLanguage();
  const current = tree.rows.find((r) => r.node.id === at.cursor)?.node;
  useReturn(id, table);
  useDocumentTitle(`${words.title} – ${shared.app}`);
  const show = useCallback((h: Hit) => go(place("/book/browse", h.id)), [go]);
  const close = useCallback(() => go("/book/browse"), [go]);
  const list = (
    <>
      {id === undefined ? <h1 className="visually-hidden">{words.title}</h1> : null}
      <Sections />
      <Failed error={tree.error} hasOld={tree.rows.length > 0} retry={tree.retry} />
      {tree.isPending ? <SkeletonRows label={words.loading} /> : null}
      {!tree.isPending && tree.rows.length === 0 && !tree.error ? (
        <EmptyState title={words.noDirectories}>{words.noDirectoriesHint}</EmptyState>
      ) : null}
      {tree.rows.length > 0 ? <Copies strip /> : null}
      {tree.rows.length > 0 ? (
        <div className={classes.browse}>
          <Tree
            label={words.tree}
            rows={tree.rows}
            cursor={at.cursor}
            setCursor={(cursor) => setAt({ ...at, cursor })}
            open={(ids) => setAt({ ...at, open: [...new Set([...at.open, ...ids])] })}
            close={(closed) => setAt({ ...at, open: at.open.filter((o) => o !== closed) })}
            enter={() => table.current?.focus()}
            aside={(n: Unit) => words.total(n.total.toLocaleString(language), n.inPart)}
            waiting={words.waiting}
          />
          <div className={classes.inside}>
            <Inside unit={current} opened={id} open={show} table={table} />
          </div>
        </div>
      ) : null}
    </>
  );
  const detail = id === undefined ? null : <EntryDetail key={id} what={id} hit={undefined} close={close} />;
  return <Split list={list} detail={detail} beside />;
}

/** usePlace keeps which nodes are open; an address may name one to begin with (the path of an entry). */
function usePlace(): [Place, (p: Place) => void] {
  const query = new URLSearchParams(useSearch());
  const directory = query.get("directory") ?? "";
  const node = Number(query.get("node")) || undefined;
  const named = directory ? { open: [idOf(directory, undefined)], cursor: idOf(directory, node) } : undefined;
  const [stored, set] = useSessionStorage<Place>({
    key: "caveat-book-tree",
    defaultValue: { open: [], cursor: "" },
    getInitialValueInEffect: false,
  });
  const [, go] = useLocation();
  const place = named ? { open: [...new Set([...stored.open, ...named.open])], cursor: named.cursor } : stored;
  return [
    place,
    (p) => {
      set(p);
      if (named) go("/book/browse", { replace: true });
    },
  ];
}

type InsideProps = {
  unit: Unit | undefined;
  opened: string | undefined;
  open: (h: Hit) => void;
  table: React.RefObject<TableHandle | null>;
};

const said = ["nation", "kind", "unit"]; // by the tree

/** Inside are those who stand directly in a unit; those of the units below it are one step down. */
function Inside({ unit, opened, open, table }: InsideProps) {
  const words = useBrowseWords();
  const book = useBookWords();
  const found = useNodeEntries(unit?.node);
  const hits = useMemo(() => found.data?.pages.flatMap((p) => p.hits) ?? [], [found.data]);
  const { marks, marked } = useMarked(hits);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (!unit) return <EmptyState title={words.choose}>{words.chooseHint}</EmptyState>;
  if (unit.node === undefined)
    return <EmptyState title={unit.name}>{unit.hasNodes ? words.openHint : words.noneInDirectory}</EmptyState>;
  return (
    <>
      <p className={classes.count} role="status">
        {words.inside(unit.name, unit.entries, unit.total)}
        {unit.inPart ? ` · ${words.inPart(unit.directory)}` : ""}
      </p>
      <Failed error={found.error} hasOld={hits.length > 0} retry={() => void found.refetch()} />
      {found.isPending ? <SkeletonRows label={book.loading} /> : null}
      <MarkedBar marked={marked} marks={marks} />
      {hits.length > 0 ? (
        <Results
          ref={table}
          hits={hits}
          scope={unit.id}
          opened={opened}
          open={open}
          marks={marks}
          sortable={false}
          total={unit.entries}
          nearEnd={nearEnd}
          without={said}
        />
      ) : null}
      {found.data && hits.length === 0 ? <EmptyState title={words.nobody}>{words.nobodyHint}</EmptyState> : null}
    </>
  );
}
