import { useDocumentTitle, useSessionStorage } from "@mantine/hooks";
import { useCallback, useDeferredValue, useRef, useState } from "react";
import { useLocation, useParams } from "wouter";
import type { Hit, SearchDocument } from "../../api/types";
import { Failed } from "../../components/failed";
import { nameIn, place } from "../../components/place";
import { Split, useReturn } from "../../components/split";
import { SkeletonRows } from "../../components/state";
import type { TableHandle } from "../../components/table";
import { useWords } from "../../words/language";
import { clock } from "../../words/time";
import classes from "./book.module.css";
import { EntryDetail } from "./entry";
import { Nothing } from "./nothing";
import {
  everything,
  hasWord,
  isUnread,
  joined,
  limits,
  type Search,
  useFreshBook,
  useLiveSearch,
  useSearch,
} from "./queries";
import { More, Results } from "./results";
import { Said } from "./said";
import { SearchBar } from "./search-bar";
import { useBookWords } from "./words";

/** BookPage is the address book of all nations: the local copy answers while one types, the directories when they are asked. */
export function BookPage() {
  const shared = useWords();
  const words = useBookWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const table = useRef<TableHandle>(null);
  // Whoever comes back from a draft finds the search as he left it.
  const [search, setSearchOnly] = useSessionStorage<Search>({
    key: "caveat-book-search",
    defaultValue: everything,
    getInitialValueInEffect: false,
  });
  const [limit, setLimit] = useState<number>(limits[0]);
  const setSearch = (s: Search) => {
    setSearchOnly(s);
    setLimit(limits[0]);
  };
  const shown = useDeferredValue(search);
  const found = useSearch(shown, limit);
  const live = useLiveSearch(search);
  useFreshBook();
  useReturn(id, table);
  useDocumentTitle(`${words.title} – ${shared.app}`);

  const askAll = () => (hasWord(search.text) ? live.askAll() : undefined);
  const open = useCallback((h: Hit) => go(place("/book", h.id)), [go]);
  const close = useCallback(() => go("/book"), [go]);
  const cached = found.data;
  const hits = cached ? joined(cached.hits, live.answer?.hits ?? []) : [];

  const list = (
    <>
      {id === undefined ? <h1 className="visually-hidden">{words.title}</h1> : null}
      <SearchBar
        search={search}
        setSearch={setSearch}
        askAll={askAll}
        toList={() => table.current?.focus()}
        isAsking={live.isAsking}
        stop={live.stop}
      />
      {cached && !isUnread(cached.directories) ? (
        <Said directories={(live.answer ?? cached).directories} live={live.answer !== undefined} />
      ) : null}
      <Failed error={live.error} hasOld retry={askAll} />
      <Failed error={found.error} hasOld={cached !== undefined} retry={() => void found.refetch()} />
      {found.isPending ? <SkeletonRows label={words.loading} /> : null}
      {cached ? <Count search={shown} cached={cached} n={hits.length} live={live} /> : null}
      {cached && hits.length > 0 ? (
        <>
          <Results ref={table} hits={hits} scope={JSON.stringify(shown)} opened={id} open={open} />
          <More limit={limit} setLimit={setLimit} more={cached.more} liveMore={live.answer?.more ?? false} />
        </>
      ) : null}
      {cached && hits.length === 0 && !found.isPlaceholderData ? (
        <Nothing
          search={search}
          setSearch={setSearch}
          cached={cached}
          live={live.answer}
          askAll={askAll}
          isAsking={live.isAsking}
        />
      ) : null}
    </>
  );
  const detail =
    id === undefined ? null : <EntryDetail key={id} what={id} hit={hits.find((h) => h.id === id)} close={close} />;
  return <Split list={list} detail={detail} beside />;
}

type CountProps = { search: Search; cached: SearchDocument; n: number; live: ReturnType<typeof useLiveSearch> };

/** Count says how many there are and who was asked; screen readers hear it when it changes. */
function Count({ search, cached, n, live }: CountProps) {
  const { count } = useBookWords();
  const what = live.answer
    ? count.joined(n)
    : cached.more
      ? search.text === "" && search.nation === "" && search.kind === ""
        ? count.first
        : count.foundMore(n)
      : count.found(n);
  return (
    <p className={classes.count} role="status">
      {n > 0 ? what : null}
      {live.isAsking ? <span>{count.asking(cached.directories.length)}</span> : null}
      {live.answer ? <span>{asked(live.answer, clock(new Date(live.at)), count)}</span> : null}
    </p>
  );
}

function asked({ directories }: SearchDocument, time: string, count: ReturnType<typeof useBookWords>["count"]): string {
  const answered = directories.filter((d) => d.state === "ok").length;
  return answered === directories.length
    ? count.allAnswered(answered, time)
    : count.someAnswered(answered, directories.length, time);
}
