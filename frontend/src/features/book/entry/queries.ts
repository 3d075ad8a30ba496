import { useQueries, useQuery } from "@tanstack/react-query";
import { api, ask } from "../../../api/client";
import type { Entry, LiveEntry, MemberRow } from "../../../api/types";

/** useEntry reads entries by id or address; several may have one address. */
export function useEntry(what: string) {
  return useQuery({ queryKey: ["book", "entry", what], queryFn: ({ signal }) => read(what, signal) });
}

async function read(what: string, signal: AbortSignal): Promise<Entry[]> {
  return (await ask(api.GET("/api/book/entry", { params: { query: { what } }, signal }))) ?? [];
}

/** useClaims gives all other entries that have one of these addresses. */
export function useClaims(addresses: readonly string[], ids: readonly string[]) {
  return useQueries({
    queries: addresses.map((what) => ({
      queryKey: ["book", "entry", what],
      queryFn: ({ signal }: { signal: AbortSignal }) => read(what, signal),
    })),
    combine: (answers) => {
      const others = new Map(answers.flatMap((a) => a.data ?? []).map((e) => [e.id, e]));
      for (const id of ids) others.delete(id);
      return [...others.values()];
    },
  });
}

/** useLive asks the directory itself about an entry. It is not asked again by itself. */
export function useLive(id: string, atOnce: boolean) {
  return useQuery({
    queryKey: ["entry-live", id],
    enabled: atOnce,
    queryFn: ({ signal }): Promise<LiveEntry> =>
      ask(api.GET("/api/book/entry/live", { params: { query: { id } }, signal })),
    gcTime: 60_000,
  });
}

/** useMembers opens a list, role or room to the last level. */
export function useMembers(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["book", "members", id],
    enabled,
    queryFn: async ({ signal }) => {
      const answer = await ask(api.GET("/api/book/members", { params: { query: { id } }, signal }));
      return { ...answer, rows: answer.rows as MemberRow[] };
    },
  });
}

/** useHeld gives what an entry holds, to administrators and auditors only (RULES 19). */
export function useHeld(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["book", "held", id],
    enabled,
    queryFn: ({ signal }) => ask(api.GET("/api/book/entry/clearance", { params: { query: { id } }, signal })),
    gcTime: 0,
  });
}
