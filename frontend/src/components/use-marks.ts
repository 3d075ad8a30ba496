import { useCallback, useMemo, useState } from "react";
import type { Marks } from "./table-marks";

/** useMarks keeps which rows are marked; those that are no longer shown keep their mark until it is taken away. */
export function useMarks(all: readonly string[]): Marks {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const set = useCallback((some: readonly string[]) => setIds(new Set(some)), []);
  const toggle = useCallback((some: readonly string[]) => setIds((before) => toggled(before, some)), []);
  return useMemo(() => ({ ids, set, toggle, all }), [ids, set, toggle, all]);
}

/** toggled marks those that are not marked, and takes the mark from the others. */
export function toggled(before: ReadonlySet<string>, some: readonly string[]): ReadonlySet<string> {
  const next = new Set(before);
  for (const id of some) if (!next.delete(id)) next.add(id);
  return next;
}
