import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, ask } from "../../api/client";
import { useDirectories } from "../../api/queries";
import type { Directory, Hit } from "../../api/types";

/** What is looked for. Empty: everything. */
export type Search = { text: string; nation: string; kind: Hit["kind"] | "" };

export const everything: Search = { text: "", nation: "", kind: "" };

/** hasWord: only letters and digits are looked for. */
export const hasWord = (text: string) => /[\p{L}\p{N}]/u.test(text);

/** How many entries are asked for, one after the other; the program gives no more than the last at once. */
export const limits = [100, 300, 1000] as const;
const liveLimit = 200;

function queryOf({ text, nation, kind }: Search, limit: number) {
  return { text, limit, ...(nation ? { nation } : {}), ...(kind ? { kind } : {}) };
}

/** useSearch asks the local copy. What was found before stays until the new answer is there, and old questions are ended. */
export function useSearch(search: Search, limit: number) {
  return useQuery({
    queryKey: ["book", "search", search, limit],
    queryFn: ({ signal }) => ask(api.GET("/api/book/search", { params: { query: queryOf(search, limit) }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 30_000,
    // A book that is still empty fills without anybody asking.
    refetchInterval: (q) => (q.state.data && isUnread(q.state.data.directories) ? 2000 : false),
  });
}

/** isUnread tells that no directory has ever been read. */
export function isUnread(directories: readonly Directory[]): boolean {
  return (
    directories.length > 0 &&
    directories.every((d) => d.lastRead === null && d.entries === 0) &&
    directories.some((d) => d.state !== "ok")
  );
}

/**
 * useLiveSearch asks the directories themselves, and only when the user says so: never again by itself, whatever changes
 * (RULES 22). Its answer belongs to one search; with another it is gone, and a question under way is ended.
 */
export function useLiveSearch(search: Search) {
  const client = useQueryClient();
  const key = ["live-search", search];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/book/search", { params: { query: { ...queryOf(search, liveLimit), live: true } }, signal })),
    enabled: false,
    gcTime: 0,
  });
  return {
    answer: query.data,
    at: query.dataUpdatedAt,
    error: query.isFetching ? null : query.error,
    isAsking: query.isFetching,
    askAll: () => void query.refetch(),
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

/** useEntry reads entries by id or address; several may have one address. */
export function useEntry(what: string) {
  return useQuery({
    queryKey: ["book", "entry", what],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/book/entry", { params: { query: { what } }, signal }))) ?? [],
  });
}

/** useClaims gives all other entries that have one of these addresses. */
export function useClaims(addresses: readonly string[], ids: readonly string[]) {
  return useQueries({
    queries: addresses.map((what) => ({
      queryKey: ["book", "entry", what],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await ask(api.GET("/api/book/entry", { params: { query: { what } }, signal }))) ?? [],
    })),
    combine: (answers) => {
      const others = new Map(answers.flatMap((a) => a.data ?? []).map((e) => [e.id, e]));
      for (const id of ids) others.delete(id);
      return [...others.values()];
    },
  });
}

/** useReadDirectories has all mirrored directories read, and waits for the end. */
export function useReadDirectories() {
  const client = useQueryClient();
  const start = useMutation({ mutationFn: () => ask(api.POST("/api/book/sync")) });
  const id = start.data?.job;
  const job = useQuery({
    queryKey: ["jobs", id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => ask(api.GET("/api/jobs/{id}", { params: { path: { id: id ?? 0 } }, signal })),
    refetchInterval: (q) => (isEnded(q.state.data?.state) ? false : 500),
  });
  const ended = isEnded(job.data?.state);
  useEffect(() => {
    if (!ended) return;
    void client.invalidateQueries({ queryKey: ["book"] });
    void client.invalidateQueries({ queryKey: ["directories"] });
  }, [ended, client]);
  return {
    read: () => start.mutate(),
    isReading: start.isPending || (id !== undefined && !ended && !job.isError),
    hasEnded: ended,
    error: start.error ?? job.error,
  };
}

const isEnded = (state: string | undefined) => state === "done" || state === "failed";

/** useFreshBook asks the book again when a directory was read meanwhile, which nothing else tells. */
export function useFreshBook() {
  const client = useQueryClient();
  const directories = useDirectories().data;
  const stamp = directories?.map((d) => d.lastRead ?? "").join();
  const before = useRef(stamp);
  useEffect(() => {
    if (before.current !== undefined && before.current !== stamp) void client.invalidateQueries({ queryKey: ["book"] });
    before.current = stamp;
  }, [stamp, client]);
}
