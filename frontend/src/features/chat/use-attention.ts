import { useSyncExternalStore } from "react";

const events = ["focus", "blur"] as const;

function subscribe(f: () => void): () => void {
  for (const e of events) window.addEventListener(e, f);
  document.addEventListener("visibilitychange", f);
  return () => {
    for (const e of events) window.removeEventListener(e, f);
    document.removeEventListener("visibilitychange", f);
  };
}

const isHere = () => document.visibilityState === "visible" && document.hasFocus();

/** useAttention tells that the page is in front: what is shown there is seen. */
export function useAttention(): boolean {
  return useSyncExternalStore(subscribe, isHere, isHere);
}
