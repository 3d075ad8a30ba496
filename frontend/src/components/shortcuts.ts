import { useEffect, useRef } from "react";

/** A key by its name ("/", "c", "?"), with "mod+" for Ctrl or Command, or two keys in a row ("g b"). */
export type Shortcuts = Record<string, () => void>;

const sequenceTime = 1000;

/** isTyping tells that plain keys belong to what has the focus. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** isCovered: a dialog lies on top, so the keys of the page below are out of reach. */
function isCovered(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="alertdialog"]') !== null;
}

/**
 * useShortcuts calls what belongs to a key while the component is shown. Keys without "mod+" are left alone while somebody
 * types, and all are while a dialog lies on top.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    let first = "";
    let at = 0;
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing || e.altKey || isCovered()) return;
      const mod = e.ctrlKey || e.metaKey;
      if (!mod && isTyping(e.target)) return;
      const key = mod ? `mod+${e.key}` : e.key;
      const pair = e.timeStamp - at < sequenceTime ? `${first} ${key}` : "";
      const found = latest.current[pair] ?? latest.current[key];
      first = key;
      at = e.timeStamp;
      if (found) {
        e.preventDefault();
        found();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
