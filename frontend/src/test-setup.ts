import { afterEach } from "vitest";

afterEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
});

// happy-dom has no matchMedia that Mantine can use.
window.matchMedia ??= (query: string) => ({ ...new EventTarget(), matches: false, media: query }) as MediaQueryList;
