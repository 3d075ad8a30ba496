import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, ask } from "../../../api/client";
import type { Hit, OwnGroupHit, SearchDocument } from "../../../api/types";

const shown = 12;
const ownPause = 400; // of typing, in ms, before the directories are asked that may be while somebody types

type Scope = "cache" | "typing" | "all";

function search(text: string, scope: Scope, signal: AbortSignal): Promise<SearchDocument> {
  const query = { text, limit: shown, scope };
  return ask(api.GET("/api/book/search", { params: { query }, signal }));
}

export type Completion = {
  hits: Hit[];
  /** The user's own groups of that name. */
  groups: OwnGroupHit[];
  /** From here on hits were just read from a directory. */
  liveFrom: number;
  more: boolean;
  asking: boolean;
  /** All directories have been asked for this text. */
  askedAll: boolean;
  notAsked: string[];
  isFresh: boolean;
  askAll: () => void;
};

/**
 * useCompletion finds who a text may mean. Typing asks the cache, and after a pause the own nation's directory; partners
 * are asked only when the user says so (RULES 22). What comes later is put below, so that no row moves under the hand.
 */
export function useCompletion(text: string): Completion {
  const wanted = text.trim();
  const [paused] = useDebouncedValue(wanted, ownPause);
  const [allFor, setAllFor] = useState("");
  const cached = useQuery({
    queryKey: ["book", "complete", wanted],
    enabled: wanted !== "",
    queryFn: ({ signal }) => search(wanted, "cache", signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  const nation = useQuery({
    queryKey: ["book", "complete-own", paused],
    enabled: paused.length > 1 && paused === wanted,
    queryFn: ({ signal }) => search(paused, "typing", signal),
    gcTime: 60_000,
  });
  const all = useQuery({
    queryKey: ["book", "complete-all", allFor],
    enabled: allFor !== "" && allFor === wanted,
    queryFn: ({ signal }) => search(allFor, "all", signal),
    staleTime: 0,
    gcTime: 60_000,
  });
  return useMemo(() => {
    const first = wanted === "" ? [] : (cached.data?.hits ?? []);
    const later = [nation.data, all.data].flatMap((d) => d?.hits ?? []);
    const hits = join(first, wanted === "" ? [] : later);
    return {
      hits,
      groups: wanted === "" ? [] : (cached.data?.groups ?? []).filter((g) => g.addresses.length > 0),
      liveFrom: first.length,
      more: cached.data?.more ?? false,
      asking: all.isFetching,
      askedAll: all.data !== undefined && !all.isFetching && allFor === wanted,
      notAsked: (all.data?.directories ?? []).filter((d) => d.state === "down").map((d) => d.nation),
      isFresh: !cached.isPlaceholderData && !cached.isFetching,
      askAll: () => setAllFor(wanted),
    };
  }, [wanted, cached.data, cached.isPlaceholderData, cached.isFetching, nation.data, all.data, all.isFetching, allFor]);
}

function join(first: Hit[], later: Hit[]): Hit[] {
  const seen = new Set(first.map((h) => h.id));
  const addressed = (h: Hit) => h.address !== "";
  return [...first, ...later.filter((h) => (seen.has(h.id) ? false : seen.add(h.id)))].filter(addressed);
}
