import { whenUploadGone } from "./client";
import { Problem, problemOf, serverGone } from "./problem";

type Options = {
  method?: "POST";
  type: string;
  /** Told how many bytes have left. */
  progress?: (sent: number) => void;
  signal?: AbortSignal;
};

/**
 * upload sends bytes to an operation of the program and gives its answer, or throws a Problem; one that the page ended itself throws an
 * AbortError. It is an XMLHttpRequest because fetch does not tell how far it is; the body is an ArrayBuffer, never a Blob
 * (client.ts).
 */
export function upload(path: string, bytes: ArrayBuffer, { type, progress, signal }: Options): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (problem: Problem) => {
      if (problem.code === serverGone) whenUploadGone(problem);
      reject(problem);
    };
    request.open("POST", path);
    request.setRequestHeader("Content-Type", type);
    request.upload.onprogress = (e) => progress?.(e.loaded);
    request.onload = () => {
      try {
        const answer: unknown = JSON.parse(request.responseText);
        if (request.status >= 200 && request.status < 300) resolve(answer);
        else fail(problemOf(answer, request.status));
      } catch {
        fail(problemOf(request.responseText, request.status));
      }
    };
    request.onerror = () => fail(new Problem({ code: serverGone, status: 0, detail: `no answer from ${path}` }));
    request.onabort = () => reject(new DOMException("the page ended it", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    if (signal?.aborted) request.onabort?.(new ProgressEvent("abort"));
    else request.send(bytes);
  });
}
