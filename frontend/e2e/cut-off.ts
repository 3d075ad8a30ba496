import type { Page } from "@playwright/test";

/** The windows in which everything must be in reach: the usual one, and the smallest. */
export const sizes = [
  { width: 1280, height: 800 },
  { width: 1024, height: 700 },
];

/** cutOff lists what a person at this size could not read or reach. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const out: string[] = [];
    const name = (e: Element) => `${e.tagName.toLowerCase()} "${(e.textContent ?? "").trim().slice(0, 60)}"`;
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight) out.push("the document scrolls");
    for (const e of document.querySelectorAll<HTMLElement>("body *")) {
      // A cell of a table gets its title when the hand comes to it (components/table.test.tsx).
      if (!e.checkVisibility() || e.closest(".visually-hidden, [class*=skip], [role=gridcell]")) continue;
      const style = getComputedStyle(e);
      const text = (e.textContent ?? "").trim();
      const isWide = e.scrollWidth > e.clientWidth + 1 && style.overflowX === "hidden";
      const isHigh = e.scrollHeight > e.clientHeight + 2 && style.overflowY === "hidden";
      // What is shortened must be readable in full by a title, its own or that of the nearest thing that has one.
      const title = e.closest("[title]")?.getAttribute("title") ?? "";
      const isReadable = text !== "" && title.includes(text.replace(/…$/, ""));
      if ((isWide || isHigh) && e.clientWidth > 0 && text !== "" && !isReadable && !holds(e))
        out.push(`cut off: ${name(e)}`);
      const scrolls =
        e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(style.overflowX) && e.clientWidth > 0;
      if (scrolls && !["TEXTAREA", "CODE", "PRE"].includes(e.tagName)) out.push(`scrolls sideways: ${name(e)}`);
    }
    const reach = "button, input, textarea, select, a[href], [role=button]";
    for (const e of document.querySelectorAll<HTMLElement>(reach)) {
      if (!e.checkVisibility() || e.closest("[class*=skip]")) continue;
      const r = e.getBoundingClientRect();
      if (r.width === 0 || r.height === 0) continue;
      if (r.left < -1 || r.right > innerWidth + 1) out.push(`beyond the side: ${name(e)}`);
      if ((r.top < -1 || r.bottom > innerHeight + 1) && !scrollable(e)) out.push(`beyond the end: ${name(e)}`);
    }
    return out;

    // holds: it only frames what has scroll bars or titles of its own.
    function holds(e: Element): boolean {
      return [...e.querySelectorAll("*")].some(
        (c) => ["auto", "scroll"].includes(getComputedStyle(c).overflowY) || c.hasAttribute("title"),
      );
    }

    function scrollable(e: Element): boolean {
      for (let p = e.parentElement; p; p = p.parentElement) {
        if (["auto", "scroll"].includes(getComputedStyle(p).overflowY) && p.scrollHeight > p.clientHeight) return true;
      }
      return false;
    }
  });
}
