import type { components } from "./schema";

type Document = components["schemas"]["Problem"];
export type Report = components["schemas"]["Report"];

/** Codes that the page gives itself, beside those of the server (`user-…`, `server-…`). */
export const serverGone = "page-server-gone";
export const notJSON = "page-not-json";

/**
 * Problem is the one kind of error that calls of the API throw. `code` is stable: words are chosen by it; `detail` is the
 * server's own sentence, for "Details".
 */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** Why a draft was blocked, with code `user-blocked`. */
  readonly report: Report | undefined;
  /** The key of the draft that must be changed, where one is named. */
  readonly field: string | undefined;
  /** With code `user-relabel-reason`: the changes of labels that lack a reason. */
  readonly relabelled: Document["relabelled"];
  /** With code `user-copy-blocked`: why the mailbox may not hold it. */
  readonly reasons: Document["reasons"];

  constructor(p: {
    code: string;
    status: number;
    detail: string;
    report?: Report | undefined;
    field?: string | undefined;
    relabelled?: Document["relabelled"];
    reasons?: Document["reasons"];
  }) {
    super(`${p.code}: ${p.detail}`);
    this.name = "Problem";
    this.code = p.code;
    this.status = p.status;
    this.detail = p.detail;
    this.report = p.report;
    this.field = p.field;
    this.relabelled = p.relabelled;
    this.reasons = p.reasons;
  }
}

/** problemOf makes a Problem of whatever a failed call gave. */
export function problemOf(error: unknown, status = 0): Problem {
  if (error instanceof Problem) return error;
  if (isDocument(error)) {
    return new Problem({
      code: error.code,
      status: error.status,
      detail: error.detail ?? error.title,
      report: error.report,
      field: error.field,
      relabelled: error.relabelled,
      reasons: error.reasons,
    });
  }
  if (error instanceof TypeError) return new Problem({ code: serverGone, status: 0, detail: error.message });
  return new Problem({ code: notJSON, status, detail: String(error).slice(0, 2000) });
}

/** isAbort tells that a call ended because the page itself ended it. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function isDocument(x: unknown): x is Document {
  return typeof x === "object" && x !== null && "code" in x && typeof x.code === "string" && "status" in x;
}
