import createClient from "openapi-fetch";
import { isAbort, Problem, problemOf, serverGone } from "./problem";
import type { paths } from "./schema";

/**
 * The one place from which the page talks to anybody, and only to the program that served it. A Blob, File or FormData as
 * a request's body would end the whole desktop program (wails #6068), so they are refused here: send
 * `await file.arrayBuffer()`.
 */
export async function sameOriginFetch(input: Request): Promise<Response> {
  if (new URL(input.url).origin !== window.location.origin) {
    throw new Problem({ code: "page-foreign-address", status: 0, detail: input.url });
  }
  return fetch(input);
}

/** refuseBlob throws for a body that must not reach fetch. */
export function refuseBlob(body: unknown): void {
  if (body instanceof Blob || body instanceof FormData) {
    throw new Problem({
      code: "page-blob-body",
      status: 0,
      detail: "send bytes as an ArrayBuffer, not as a Blob or form",
    });
  }
}

export const api = createClient<paths>({
  baseUrl: typeof window === "undefined" ? "" : window.location.origin,
  credentials: "same-origin",
  fetch: sameOriginFetch,
  bodySerializer: (body: unknown) => {
    refuseBlob(body);
    return JSON.stringify(body);
  },
});

let tellGone: (p: Problem) => void = () => undefined;

/** whenGone is told of each call that got no answer, so that the page need not wait for its poll to notice. */
export function whenGone(tell: (p: Problem) => void): void {
  tellGone = tell;
}

/** whenUploadGone: an upload got no answer either. */
export function whenUploadGone(problem: Problem): void {
  tellGone(problem);
}

/** ask gives the answer of a call, or throws a Problem. A call that the page ended itself throws its AbortError. */
export async function ask<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  try {
    const { data, error, response } = await call;
    if (!response.ok) throw problemOf(error, response.status);
    return data as T;
  } catch (error) {
    if (isAbort(error)) throw error;
    const problem = problemOf(error);
    if (problem.code === serverGone) tellGone(problem);
    throw problem;
  }
}
