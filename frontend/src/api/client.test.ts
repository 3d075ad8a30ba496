import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { problem } from "../test-stage";
import { api, ask, refuseBlob } from "./client";
import { isAbort, notJSON, Problem, problemOf, serverGone } from "./problem";

const fetched = vi.fn<(request: Request) => Promise<Response>>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const answer = (body: string, status = 200, type = "application/json") =>
  new Response(body, { status, headers: { "content-type": type } });

/** save goes through the real client with a body that the compiler would not let through. */
function save(body: unknown) {
  const params = { path: { id: "d1" } };
  return ask(api.PUT("/api/drafts/{id}", { params, body: body as { version: number; content: object } }));
}

const shell = () => ask(api.GET("/api/shell"));

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "no error",
    (error: unknown) => error,
  );
}

async function problemFrom(call: Promise<unknown>): Promise<Problem> {
  const error = await errorOf(call);
  if (error instanceof Problem) return error;
  throw new Error(`not a Problem: ${String(error)}`);
}

describe("a body that would end the desktop program never reaches fetch", () => {
  const form = new FormData();
  form.append("file", new Blob(["x"]));
  test.each([
    ["a Blob", new Blob(["x"])],
    ["a File", new File(["x"], "x.txt")],
    ["a FormData", form],
  ])("%s", async (_, body) => {
    expect((await problemFrom(save(body))).code).toBe("page-blob-body");
    expect(fetched).not.toHaveBeenCalled();
    expect(() => refuseBlob(body)).toThrow(Problem);
  });

  test("others pass", () => {
    for (const body of [undefined, null, "text", { version: 1 }, [1], new ArrayBuffer(2)]) {
      expect(() => refuseBlob(body)).not.toThrow();
    }
  });
});

test("what is sent is JSON, to the program that served the page, with its cookie", async () => {
  let sent = "";
  fetched.mockImplementation(async (r) => {
    sent = await r.text();
    return answer('{"id":"d1","version":1,"changed":"2026-11-21T14:05:00Z"}');
  });
  expect((await save({ version: 0, content: { subject: "é" } })).version).toBe(1);
  const request = fetched.mock.calls[0]?.[0];
  expect(request?.method).toBe("PUT");
  expect(request?.url).toBe(`${window.location.origin}/api/drafts/d1`);
  expect(request?.credentials).toBe("same-origin");
  expect(request?.headers.get("content-type")).toBe("application/json");
  expect(JSON.parse(sent)).toEqual({ version: 0, content: { subject: "é" } });
});

test.each(["https://elsewhere.example", "http://localhost:9", "http://localhost.elsewhere.example"])(
  "the address %s of another origin is refused before fetch",
  async (baseUrl) => {
    const p = await problemFrom(ask(api.GET("/api/shell", { baseUrl })));
    expect(p.code).toBe("page-foreign-address");
    expect(p.detail).toContain(baseUrl);
    expect(fetched).not.toHaveBeenCalled();
  },
);

test("a problem document becomes a Problem with code, status and detail", async () => {
  fetched.mockResolvedValue(problem(409, "user-draft-changed"));
  const p = await problemFrom(shell());
  expect(p).toMatchObject({
    name: "Problem",
    code: "user-draft-changed",
    status: 409,
    detail: "the details of user-draft-changed",
    report: undefined,
  });
  expect(p.message).toBe("user-draft-changed: the details of user-draft-changed");
});

test("a problem without a detail is told by its title", async () => {
  fetched.mockResolvedValue(answer('{"title":"Not there","status":404,"code":"user-not-found"}', 404));
  expect((await problemFrom(shell())).detail).toBe("Not there");
});

test("a blocked draft's problem keeps the report", async () => {
  fetched.mockResolvedValue(problem(403, "user-blocked", { report: { draft: "abc" } }));
  expect((await problemFrom(shell())).report).toEqual({ draft: "abc" });
});

test("no answer from the network means that the program is gone", async () => {
  fetched.mockRejectedValue(new TypeError("Failed to fetch"));
  expect(await problemFrom(shell())).toMatchObject({ code: serverGone, status: 0, detail: "Failed to fetch" });
});

test("an answer that breaks off means that the program is gone", async () => {
  const broken = answer("{");
  vi.spyOn(broken, "text").mockRejectedValue(new TypeError("network error"));
  fetched.mockResolvedValue(broken);
  expect((await problemFrom(shell())).code).toBe(serverGone);
});

describe("an answer that is no JSON", () => {
  test("of a failure keeps status and text for the details", async () => {
    fetched.mockResolvedValue(answer("<h1>Bad gateway</h1>", 502, "text/html"));
    expect(await problemFrom(shell())).toMatchObject({ code: notJSON, status: 502, detail: "<h1>Bad gateway</h1>" });
  });

  test("of a success is a problem all the same", async () => {
    fetched.mockResolvedValue(answer("<h1>Welcome</h1>", 200, "text/html"));
    expect((await problemFrom(shell())).code).toBe(notJSON);
  });

  test("is cut to a length that can be shown", async () => {
    fetched.mockResolvedValue(answer("x".repeat(5000), 500, "text/plain"));
    expect((await problemFrom(shell())).detail).toHaveLength(2000);
  });

  test("JSON that is no problem document is none either", async () => {
    fetched.mockResolvedValue(answer('{"error":"no"}', 500));
    expect(await problemFrom(shell())).toMatchObject({ code: notJSON, status: 500 });
  });
});

test("a call that the page ended itself stays an AbortError", async () => {
  const given = new DOMException("The operation was aborted.", "AbortError");
  fetched.mockRejectedValue(given);
  const error = await errorOf(shell());
  expect(error).toBe(given);
  expect(isAbort(error)).toBe(true);
});

test("another DOMException is no AbortError", async () => {
  fetched.mockRejectedValue(new DOMException("late", "TimeoutError"));
  const p = await problemFrom(shell());
  expect(isAbort(p)).toBe(false);
  expect(p.code).toBe(notJSON);
});

test("a Problem stays the one it is", () => {
  const p = new Problem({ code: "user-x", status: 422, detail: "d" });
  expect(problemOf(p, 500)).toBe(p);
});
