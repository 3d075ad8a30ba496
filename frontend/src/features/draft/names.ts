import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, useSyncExternalStore } from "react";
import { api, ask } from "../../api/client";
import type { Report } from "../../api/problem";
import type { RecipientReport } from "../../api/types";
import { fold } from "./addresses";

/** Who somebody is, as far as a chip says it. */
export type Known = {
  name: string;
  nation: string;
  kind: RecipientReport["kind"];
  /** Its directory says that it is not in use, or its account has ended. */
  disabled?: boolean;
  /** What tells it apart from somebody who looks like it. */
  lookalike?: string;
};

/** What completion found; it is known before any check has answered. */
const met = new Map<string, Known>();
const asked = new Set<string>(); // folded, of those that the book was asked about: who is in no book is asked once
let count = 0; // of what was met, so that whoever shows names hears of it
const watchers = new Set<() => void>();

export function remember(address: string, known: Known): void {
  rememberAll([{ address, known }]);
}

/** rememberAll tells of many at once, so that what shows them is drawn once. */
function rememberAll(all: { address: string; known: Known }[]): void {
  if (all.length === 0) return;
  for (const { address, known } of all) met.set(fold(address), known);
  count++;
  for (const f of watchers) f();
}

function watch(f: () => void): () => void {
  watchers.add(f);
  return () => watchers.delete(f);
}

const atOnce = 2000; // addresses that one question may hold

/** useNames tells who the addresses are: from the check, else from what was found, else from the book. */
export function useNames(
  addresses: readonly string[],
  report: Report | undefined,
): (address: string) => Known | undefined {
  const checked = useMemo(() => new Map(report?.recipients.map((r) => [fold(r.address), r] as const)), [report]);
  const [answered, setAnswered] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer leaves fewer to ask about
  const unknown = useMemo(
    () => addresses.filter((a) => !met.has(fold(a)) && !asked.has(fold(a))).slice(0, atOnce),
    [addresses, answered],
  );
  const key = useMemo(() => unknown.join(" "), [unknown]);
  useQuery({
    queryKey: ["book", "lookup", key],
    enabled: unknown.length > 0,
    queryFn: async ({ signal }) => {
      const found = await ask(api.POST("/api/book/lookup", { body: { addresses: [...unknown] }, signal }));
      for (const a of unknown) asked.add(fold(a));
      rememberAll(found.map((f) => ({ address: f.address, known: knownOf(f) })));
      setAnswered((n) => n + 1);
      return found.length;
    },
  });
  const known = useSyncExternalStore(watch, () => count);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was met is in the map
  return useMemo(() => {
    const all = new Map<string, Known>();
    return (a: string) => {
      const key = fold(a);
      const found = all.get(key) ?? joinedOf(checked.get(key), met.get(key));
      if (found) all.set(key, found);
      return found;
    };
  }, [checked, known]);
}

/** joinedOf takes who it is from the check, and what to beware of from the book. */
function joinedOf(checked: Known | undefined, found: Known | undefined): Known | undefined {
  if (!checked || !found) return checked ?? found;
  const { name, nation, kind } = checked;
  return { ...found, name, nation, kind };
}

/** knownOf keeps of an entry what a chip says. */
export function knownOf(f: Omit<Known, "kind"> & { kind: Known["kind"] | "organisation" }): Known {
  return {
    name: f.name,
    nation: f.nation,
    kind: f.kind === "organisation" ? "unlisted" : f.kind,
    ...(f.disabled ? { disabled: true } : {}),
    ...(f.lookalike ? { lookalike: f.lookalike } : {}),
  };
}
