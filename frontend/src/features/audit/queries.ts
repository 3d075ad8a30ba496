import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";

/** What is asked of the log; empty: everything. */
export type Filter = {
  type: string;
  who: string;
  message: string;
  actor: string;
  text: string;
  from: string;
  to: string;
};

export const everything: Filter = { type: "", who: "", message: "", actor: "", text: "", from: "", to: "" };

/** isNarrowed: not everything is asked for. */
export const isNarrowed = (f: Filter) => Object.values(f).some((v) => v !== "");

/** startOf is the beginning of a day, UTC; of the day after where it is asked for. */
function startOf(day: string, after = 0): string | undefined {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return undefined;
  at.setUTCDate(at.getUTCDate() + after);
  return at.toISOString();
}

function queryOf(f: Filter, sent: boolean) {
  const from = startOf(f.from);
  const to = startOf(f.to, 1);
  return {
    limit: 100,
    ...(sent ? { sent } : {}),
    ...(f.type ? { type: [f.type] } : {}),
    ...(f.who ? { who: f.who } : {}),
    ...(f.message ? { message: f.message } : {}),
    ...(f.actor ? { actor: f.actor } : {}),
    ...(f.text ? { text: f.text } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

/**
 * useLines looks through the log, newest first, a part at a time. Its key is none that a change asks again: a list that is being read
 * stays as it is, and says that there is more.
 */
export function useLines(filter: Filter, sent: boolean) {
  return useInfiniteQuery({
    queryKey: ["audit-lines", sent, filter],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      ask(api.GET("/api/audit/lines", { params: { query: { ...queryOf(filter, sent), before: pageParam } }, signal })),
    getNextPageParam: (last) => last?.next || undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** useNewest is the number of the newest line. */
export function useNewest() {
  return useQuery({
    queryKey: ["audit", "newest"],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/audit/lines", { params: { query: { limit: 1 } }, signal })))?.newest ?? 0,
  });
}

/** useLine is one line, byte for byte. */
export function useLine(seq: number) {
  return useQuery({
    queryKey: ["audit", "line", seq],
    queryFn: ({ signal }) => ask(api.GET("/api/audit/lines/{seq}", { params: { path: { seq } }, signal })),
  });
}

/** useTrail says who got a message, and on what evidence. */
export function useTrail(id: string) {
  return useQuery({
    queryKey: ["audit", "message", id],
    queryFn: ({ signal }) => ask(api.GET("/api/audit/messages/{id}", { params: { path: { id } }, signal })),
  });
}

/** useRefused decides anew what was sent since a day, a part at a time; it begins when it is told to. */
export function useRefused(from: string, enabled: boolean) {
  const since = startOf(from);
  return useInfiniteQuery({
    queryKey: ["audit-refused", from],
    enabled,
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET("/api/audit/refused", {
          params: { query: { before: pageParam, ...(since ? { from: since } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last?.next || undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** exportOf is where a browser loads the log, or what came after a line. */
export const exportOf = (after: number) => (after > 0 ? `/api/audit/export?after=${after}` : "/api/audit/export");
