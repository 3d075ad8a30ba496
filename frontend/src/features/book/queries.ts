import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, ask } from "../../api/client";
import type { Hit, LabelSelection, SearchDirectory, SearchDocument } from "../../api/types";

/** What is looked for. Empty: everything. */
export type Search = {
  text: string;
  nation: string;
  kind: Hit["kind"] | "";
  organisation: string;
  channel: "mail" | "chat" | "";
  /** Only those who may receive this. */
  label: LabelSelection | null;
};

export const everything: Search = { text: "", nation: "", kind: "", organisation: "", channel: "", label: null };

/** isNarrowed: not everything that has the letters is shown. */
export const isNarrowed = (s: Search) =>
  s.nation !== "" || s.kind !== "" || s.organisation !== "" || s.channel !== "" || s.label !== null;

/** hasWord: only letters and digits are looked for. */
export const hasWord = (text: string) => /[\p{L}\p{N}]/u.test(text);

/** How many entries are asked for first, and with each further question when the end of those comes into sight. */
export const first = 100;
const further = 500;

/** How many a list holds at most. */
const longest = 10_000;

/** How far a question goes: the copy; those that may be asked while somebody types; partners without a copy; all. */
export type Scope = "cache" | "typing" | "enter" | "all";

function parametersOf(
  { text, nation, kind, organisation, channel, label }: Search,
  scope: Scope,
  limit: number,
  offset = 0,
) {
  return {
    text,
    limit,
    scope,
    ...(offset > 0 ? { offset } : {}),
    ...(nation ? { nation } : {}),
    ...(kind ? { kind } : {}),
    ...(organisation ? { organisation } : {}),
    ...(channel ? { channel } : {}),
    ...(label ? { receive: JSON.stringify(label) } : {}),
  };
}

/** An answer, with the question that it is for: the one before stays until the next is there. */
export type Found = SearchDocument & { of: string };

async function find(search: Search, scope: Scope, limit: number, signal: AbortSignal, offset = 0): Promise<Found> {
  const answer = await ask(
    api.GET("/api/book/search", { params: { query: parametersOf(search, scope, limit, offset) }, signal }),
  );
  return { ...answer, of: questionOf(search) };
}

export const questionOf = (search: Search) => JSON.stringify(search);

/** useSearch asks the local copy. What was found before stays until the new answer is there, and old questions are ended. */
export function useSearch(search: Search, limit: number) {
  return useQuery({
    queryKey: ["book", "search", search, limit],
    queryFn: ({ signal }) => find(search, "cache", limit, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 30_000,
  });
}

/**
 * useList is useSearch part by part: the next one is asked for when nearEnd says that the end of those before is in sight. next
 * asks as well; undefined: there is none, or there is more, but the search must be narrowed for it.
 */
export function useList(search: Search) {
  const query = useInfiniteQuery({
    queryKey: ["book", "list", search],
    queryFn: ({ signal, pageParam }) => find(search, "cache", pageParam > 0 ? further : first, signal, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.more && sum(pages) < longest ? last.next || undefined : undefined), // 0: no further
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 30_000,
    // A book that is still empty fills without anybody asking.
    refetchInterval: (q) => (q.state.data?.pages[0] && isUnread(q.state.data.pages[0].directories) ? 2000 : false),
  });
  const { data: parts, hasNextPage, isFetching, fetchNextPage, isFetchNextPageError: hasFailed } = query;
  const data = useMemo(() => (parts ? wholeOf(parts.pages) : undefined), [parts]);
  const next = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const nearEnd = hasFailed ? undefined : next; // what failed is asked for again by the user alone
  const isEmpty = data?.hits.length === 0;
  useEffect(() => {
    if (isEmpty) nearEnd?.(); // those of the first part may all have fallen away, those of the next not
  }, [isEmpty, nearEnd]);
  return { ...query, data, next: hasNextPage ? next : undefined, nearEnd, isEnd: data !== undefined && !data.more };
}

const sum = (pages: readonly Found[]) => pages.reduce((n, p) => n + p.hits.length, 0);

/** wholeOf makes one answer of its parts; a row that was in an earlier one keeps its place there. */
export function wholeOf(pages: readonly Found[]): Found | undefined {
  const [top] = pages;
  const last = pages.at(-1);
  if (!top || !last) return undefined;
  const rows = new Map<string, Hit>();
  for (const p of pages) for (const h of p.hits) rows.set(h.id, rows.get(h.id) ?? h);
  return { ...last, of: top.of, groups: top.groups, hits: [...rows.values()] };
}

/** isUnread tells that no directory has ever been read. */
export function isUnread(directories: readonly SearchDirectory[]): boolean {
  return (
    directories.length > 0 &&
    directories.every((d) => d.readAt === null && d.entries === 0) &&
    directories.some((d) => d.state === "never-read" || d.state === "down")
  );
}

const pause = 400; // of typing, ms, before a directory is asked

/** useTypingSearch asks, after a pause, the directories that may be asked while somebody types: the own nation's (RULES 22). */
export function useTypingSearch(search: Search, limit: number) {
  const [paused] = useDebouncedValue(search, pause);
  const isReady = paused === search && search.text.trim().length > 1 && hasWord(search.text);
  return useQuery({
    queryKey: ["typing-search", search, limit],
    enabled: isReady,
    queryFn: ({ signal }) => find(search, "typing", limit, signal),
    staleTime: 30_000,
    gcTime: 30_000,
  });
}

/**
 * useLiveSearch asks the directories themselves, and only when the user says so: never again by itself, whatever changes
 * (RULES 22). Its answer belongs to one search; with another it is gone, and a question under way is ended.
 */
export function useLiveSearch(search: Search, limit: number) {
  const client = useQueryClient();
  const [scope, setScope] = useState<Scope>("enter");
  const key = ["live-search", search];
  const wanted = useRef<Scope>("enter");
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => find(search, wanted.current, limit, signal),
    enabled: false,
    gcTime: 0,
  });
  return {
    answer: query.data,
    scope,
    at: query.dataUpdatedAt,
    error: query.isFetching ? null : query.error,
    isAsking: query.isFetching,
    ask: (how: "enter" | "all") => {
      wanted.current = how;
      setScope(how);
      void query.refetch();
    },
    stop: () => void client.cancelQueries({ queryKey: key }),
  };
}

/**
 * joined puts what the directories said to what the local copy had: rows that were there keep their places, with what is
 * newer; new ones come below.
 */
export function joined(cached: readonly Hit[], live: readonly Hit[]): Hit[] {
  const fresh = new Map(live.map((h) => [h.id, h]));
  const known = new Set(cached.map((h) => h.id));
  return [...cached.map((h) => fresh.get(h.id) ?? h), ...live.filter((h) => !known.has(h.id))];
}

/**
 * settled keeps the order in which rows are on the screen while the question is the same: whatever the copy learns meanwhile,
 * those that were there stay where they are, and new ones come below.
 */
export function settled(shown: readonly Hit[], now: readonly Hit[]): Hit[] {
  const left = new Map(now.map((h) => [h.id, h]));
  const kept = shown.flatMap((h) => {
    const again = left.get(h.id);
    left.delete(h.id);
    return again ? [again] : [];
  });
  return [...kept, ...left.values()];
}

/** useSettled is settled over the time in which one question is asked. */
export function useSettled(question: string, now: readonly Hit[]): readonly Hit[] {
  const before = useRef<{ question: string; hits: readonly Hit[] }>({ question: "", hits: [] });
  const hits = useMemo(
    () => (before.current.question === question ? settled(before.current.hits, now) : now),
    [question, now],
  );
  useEffect(() => {
    before.current = { question, hits };
  }, [question, hits]);
  return hits;
}

/** useOrganisations completes the name of an organisation or unit. */
export function useOrganisations(text: string) {
  return useQuery({
    queryKey: ["book", "organisations", text],
    enabled: hasWord(text),
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/book/organisations", { params: { query: { text } }, signal }))) ?? [],
    placeholderData: keepPreviousData,
  });
}
