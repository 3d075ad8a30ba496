import { useEffect } from "react";

/** What of a part of the page the keyboard goes to, the first that there is: where one writes, else what is read, else what can be done. */
const wanted = [
  "textarea:not(:disabled)",
  '[role="grid"]',
  '[tabindex="0"]',
  "input:not(:disabled)",
  "button:not(:disabled)",
];

function first(region: Element): HTMLElement | undefined {
  for (const selector of wanted) {
    const found = region.querySelector<HTMLElement>(selector);
    if (found) return found;
  }
  return undefined;
}

/** useRegions: F6 goes from one part of the page to the next, Shift+F6 back, as in other programs with several of them. */
export function useRegions(): void {
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== "F6" || e.ctrlKey || e.altKey || e.metaKey) return;
      const regions = [...document.querySelectorAll("[data-region]")].filter((r) => first(r) !== undefined);
      if (regions.length === 0) return;
      const at = regions.findIndex((r) => r.contains(document.activeElement));
      const step = e.shiftKey ? -1 : 1;
      const next = at < 0 ? (e.shiftKey ? regions.length - 1 : 0) : (at + step + regions.length) % regions.length;
      const region = regions[next];
      if (region) first(region)?.focus();
      e.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
