import { useDocumentTitle, useSessionStorage } from "@mantine/hooks";
import { useCallback, useDeferredValue, useMemo, useRef } from "react";
import { useLocation, useParams } from "wouter";
import type { Hit } from "../../api/types";
import { Failed } from "../../components/failed";
import { nameIn, place } from "../../components/place";
import { Split, useReturn } from "../../components/split";
import { SkeletonRows } from "../../components/state";
import type { TableHandle } from "../../components/table";
import { useWords } from "../../words/language";
import { Count } from "./count";
import { EntryDetail } from "./entry/entry";
import { MarkedBar, useMarked } from "./marked";
import { Nothing } from "./nothing";
import {
  everything,
  type Found,
  first,
  hasWord,
  isUnread,
  joined,
  questionOf,
  type Search,
  useList,
  useLiveSearch,
  useSettled,
  useTypingSearch,
} from "./queries";
import { useFreshBook } from "./reading";
import { More, Results } from "./results";
import { Said } from "./said";
import { SearchBar } from "./search-bar";
import { Sections } from "./sections";
import { Strip } from "./strip";
import { useBookWords } from "./words";

/** BookPage is the address book of all nations: the local copy answers while one types, the directories when they are asked. */
export function BookPage() {
  const shared = useWords();
  const words = useBookWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const table = useRef<TableHandle>(null);
  // Whoever comes back from a draft finds the search as he left it.
  const [stored, setSearch] = useSessionStorage<Search>({
    key: "caveat-book-search",
    defaultValue: everything,
    getInitialValueInEffect: false,
  });
  const search = useMemo(() => ({ ...everything, ...stored }), [stored]);
  const shown = useDeferredValue(search);
  const found = useList(shown);
  const typing = useTypingSearch(search, first);
  const live = useLiveSearch(search, first);
  useFreshBook();
  useReturn(id, table);
  useDocumentTitle(`${words.title} – ${shared.app}`);

  const ask = (how: "enter" | "all") => (hasWord(search.text) ? live.ask(how) : undefined);
  const open = useCallback((h: Hit) => go(place("/book", h.id)), [go]);
  const close = useCallback(() => go("/book"), [go]);
  const cached = found.data;
  const later = useMemo(
    () => [typing.data, live.answer].filter((a) => a !== undefined && a.of === cached?.of),
    [typing.data, live.answer, cached],
  );
  const hits = useHits(cached, later);
  const { marks, marked } = useMarked(hits);
  const last = later.at(-1) ?? cached;

  const list = (
    <>
      {id === undefined ? <h1 className="visually-hidden">{words.title}</h1> : null}
      <Sections />
      <SearchBar
        search={search}
        setSearch={setSearch}
        ask={ask}
        toList={() => table.current?.focus()}
        isAsking={live.isAsking}
        stop={live.stop}
      />
      {last && !isUnread(last.directories) ? (
        <>
          <Said directories={last.directories} live={live.answer !== undefined} />
          <Strip directories={last.directories} />
        </>
      ) : null}
      <Failed error={live.error} hasOld retry={() => ask(live.scope === "all" ? "all" : "enter")} />
      <Failed error={found.error} hasOld={cached !== undefined} retry={() => void found.refetch()} />
      {found.isPending ? <SkeletonRows label={words.loading} /> : null}
      {cached ? <Count search={shown} cached={cached} n={hits.length} live={live} /> : null}
      <MarkedBar marked={marked} marks={marks} />
      {cached && hits.length > 0 ? (
        <Results
          ref={table}
          hits={hits}
          scope={cached.of}
          opened={id}
          open={open}
          marks={marks}
          nearEnd={found.nearEnd}
        />
      ) : null}
      {cached && (hits.length > 0 || (cached.more && !found.next)) ? (
        <More
          n={cached.hits.length}
          more={cached.more}
          next={found.next}
          isFetching={found.isFetchingNextPage}
          liveMore={live.answer?.more ?? false}
        />
      ) : null}
      {cached && found.isEnd && hits.length === 0 && !found.isPlaceholderData && cached.of === questionOf(search) ? (
        <Nothing
          search={search}
          setSearch={setSearch}
          cached={cached}
          live={live.answer}
          askAll={() => ask("all")}
          isAsking={live.isAsking}
        />
      ) : null}
    </>
  );
  const detail =
    id === undefined ? null : <EntryDetail key={id} what={id} hit={hits.find((h) => h.id === id)} close={close} />;
  return <Split list={list} detail={detail} beside />;
}

const none: Hit[] = [];

/** useHits are the rows: those of the copy, with what directories said; none moves while the question is the same. */
function useHits(cached: Found | undefined, later: readonly (Found | undefined)[]): readonly Hit[] {
  const now = useMemo(
    () => later.reduce((hits, answer) => joined(hits, answer?.hits ?? none), cached?.hits ?? none),
    [cached, later],
  );
  return useSettled(cached?.of ?? "", now);
}
