import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, vi } from "vitest";
import { Route, Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { newQueries } from "./app";
import { theme } from "./theme";
import { LanguageProvider } from "./words/language";

/** What the program answers: by method and path, a value, or a function of the question. A Response is given as it is. */
export type Answers = Record<string, unknown | ((request: Request) => unknown)>;

const width = 1200;
const height = 600;

// happy-dom lays nothing out: what measures itself would find no room and draw nothing.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(width);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(height);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(height);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  sessionStorage.clear();
});

/** problem is an answer that says why not. */
export function problem(status: number, code: string, more: object = {}): Response {
  const body = JSON.stringify({ title: "Problem", status, code, detail: `the details of ${code}`, ...more });
  return new Response(body, { status, headers: { "content-type": "application/problem+json" } });
}

/** stage shows a page at a place, in all that surrounds it in the app, with a program that answers from a table. */
export function stage(page: ReactNode, options: { at: string; path: string; answers: Answers }) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const question = `${request.method} ${url.pathname}`;
    asked.push(`${question}${url.search}`);
    const found = options.answers[question];
    const answer = await (typeof found === "function" ? found(request) : found);
    if (answer instanceof Response) return answer;
    if (answer === undefined) return problem(404, "user-not-found");
    return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
  });
  const { hook, searchHook, history } = memoryLocation({ path: options.at, record: true });
  const shown = render(
    <QueryClientProvider client={newQueries()}>
      <LanguageProvider>
        <MantineProvider theme={theme} env="test">
          <Router hook={hook} searchHook={searchHook}>
            <Route path={options.path}>{page}</Route>
          </Router>
        </MantineProvider>
      </LanguageProvider>
    </QueryClientProvider>,
  );
  return { ...shown, asked, place: () => history?.at(-1) ?? "" };
}
