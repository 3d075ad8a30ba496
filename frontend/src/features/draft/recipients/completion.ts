import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, ask } from "../../../api/client";
import { Problem } from "../../../api/problem";
import type { Hit, LabelSelection, OwnGroupHit, SearchDocument } from "../../../api/types";

const shown = 12;
const ownPause = 400; // of typing, in ms, before the directories are asked that may be while somebody types

type Scope = "cache" | "typing" | "all";

/** Who may receive a label is told only to who may receive it (RULES 19), and of one that is none yet there is nothing to tell. */
const untold = ["user-own-clearance", "user-label", "user-system-high", "user-unknown-policy"];
const untoldOf = new Set<string>(); // labels, so that the same is not asked again with every letter

/** search finds entries, each with whether it may receive the label, as far as that is for the asker to know. */
async function search(text: string, scope: Scope, label: string, signal: AbortSignal): Promise<SearchDocument> {
  const query = { text, limit: shown, scope };
  if (label === "" || untoldOf.has(label)) return ask(api.GET("/api/book/search", { params: { query }, signal }));
  try {
    return await ask(api.GET("/api/book/search", { params: { query: { ...query, reasons: label } }, signal }));
  } catch (error) {
    if (!(error instanceof Problem) || !untold.includes(error.code)) throw error;
    untoldOf.add(label);
    return search(text, scope, label, signal);
  }
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
export function useCompletion(text: string, selection: LabelSelection | null): Completion {
  const wanted = text.trim();
  const label = useMemo(() => (selection?.classification ? JSON.stringify(selection) : ""), [selection]);
  const [paused] = useDebouncedValue(wanted, ownPause);
  const [allFor, setAllFor] = useState("");
  const cached = useQuery({
    queryKey: ["book", "complete", wanted, label],
    enabled: wanted !== "",
    queryFn: ({ signal }) => search(wanted, "cache", label, signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  const nation = useQuery({
    queryKey: ["book", "complete-own", paused, label],
    enabled: paused.length > 1 && paused === wanted,
    queryFn: ({ signal }) => search(paused, "typing", label, signal),
    gcTime: 60_000,
  });
  const all = useQuery({
    queryKey: ["book", "complete-all", allFor, label],
    enabled: allFor !== "" && allFor === wanted,
    queryFn: ({ signal }) => search(allFor, "all", label, signal),
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
