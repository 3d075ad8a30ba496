import { useCallback, useMemo, useSyncExternalStore } from "react";
import { fold } from "../addresses";
import type { Warning } from "../shape";

const key = "caveat-put-away";
const kept = 500; // facts, the oldest go first
const watchers = new Set<() => void>();
let held: { text: string; facts: ReadonlySet<string> } | undefined;

/** The facts that were put away, newest last; numbers of them, never addresses or names (RULES 21). */
function facts(): ReadonlySet<string> {
  const text = localStorage.getItem(key) ?? "";
  if (held?.text !== text) held = { text, facts: new Set(text.split(" ").filter(Boolean)) };
  return held.facts;
}

function watch(f: () => void): () => void {
  watchers.add(f);
  window.addEventListener("storage", f);
  return () => {
    watchers.delete(f);
    window.removeEventListener("storage", f);
  };
}

/** factOf numbers what a warning is about: with other words or about others it is another fact. */
export function factOf(w: Warning, draft: string): string {
  const whose = w.kind === "policy-ends" ? "" : draft; // the policy ends for every draft
  return hash([w.kind, whose, w.text, ...w.addresses.map(fold).sort()].join("\n"));
}

/** hash is 53 bits of a text: enough for a few hundred facts, and it cannot be read back. */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

/** usePutAway keeps warnings that were put away out of sight for as long as they say the same. */
export function usePutAway(warnings: readonly Warning[], draft: string) {
  const away = useSyncExternalStore(watch, facts);
  const left = useMemo(() => warnings.filter((w) => !away.has(factOf(w, draft))), [warnings, draft, away]);
  const putAway = useCallback(
    (w: Warning) => {
      const all = [...facts(), factOf(w, draft)].slice(-kept);
      localStorage.setItem(key, all.join(" "));
      for (const f of watchers) f();
    },
    [draft],
  );
  return { left, putAway };
}
