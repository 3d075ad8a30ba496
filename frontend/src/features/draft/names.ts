import { useQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import { api, ask } from "../../api/client";
import type { Report } from "../../api/problem";
import type { RecipientReport } from "../../api/types";
import { fold } from "./addresses";

/** Who somebody is, as far as a chip says it. */
export type Known = { name: string; nation: string; kind: RecipientReport["kind"] };

/** What completion found; it is known before any check has answered. */
const met = new Map<string, Known>();
let count = 0; // of what was met, so that whoever shows names hears of it
const watchers = new Set<() => void>();

export function remember(address: string, known: Known): void {
  met.set(fold(address), known);
  count++;
  for (const f of watchers) f();
}

function watch(f: () => void): () => void {
  watchers.add(f);
  return () => watchers.delete(f);
}

/** useNames tells who the addresses are: from the check, else from what was found, else from the book. */
export function useNames(
  addresses: readonly string[],
  report: Report | undefined,
): (address: string) => Known | undefined {
  const checked = useMemo(() => new Map(report?.recipients.map((r) => [fold(r.address), r] as const)), [report]);
  const unknown = useMemo(
    () => addresses.filter((a) => !checked.has(fold(a)) && !met.has(fold(a))).slice(0, 2000),
    [addresses, checked],
  );
  useQuery({
    queryKey: ["book", "lookup", unknown],
    enabled: unknown.length > 0,
    queryFn: async ({ signal }) => {
      const found = await ask(api.POST("/api/book/lookup", { body: { addresses: [...unknown] }, signal }));
      for (const f of found) remember(f.address, f);
      return found;
    },
  });
  const known = useSyncExternalStore(watch, () => count);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was met is in the map
  return useMemo(() => (a: string) => checked.get(fold(a)) ?? met.get(fold(a)), [checked, known]);
}
