import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Follower, follower, randomName, refreshOnChange } from "./changes";
import { api, ask } from "./client";
import { Problem, serverGone } from "./problem";
import type { Change } from "./types";

/** Tabs are what one browser shares: a channel between its tabs, and a lock that one of them has. */
class Channel {
  static open: Channel[] = [];
  onmessage: ((e: { data: unknown }) => void) | null = null;
  constructor() {
    Channel.open.push(this);
  }
  postMessage(data: unknown): void {
    const copy: unknown = structuredClone(data); // what cannot be sent between tabs throws here too
    for (const c of Channel.open) if (c !== this) c.onmessage?.({ data: copy });
  }
}

class Locks {
  #queue: Promise<unknown> = Promise.resolve();
  request(_name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>): Promise<void> {
    const mine = this.#queue.then(() => (signal.aborted ? undefined : hold()));
    this.#queue = mine;
    return mine;
  }
}

type Poll = { after: number; client: string; signal: AbortSignal; answer: (r: Response | Error) => void };

let polls: Poll[] = [];
const retryAfter = 2000;

beforeEach(() => {
  polls = [];
  Channel.open = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 1_000_000 });
  vi.stubGlobal("BroadcastChannel", Channel);
  vi.stubGlobal(
    "fetch",
    (request: Request) =>
      new Promise<Response>((resolve, reject) => {
        const query = new URL(request.url).searchParams;
        const aborted = () => reject(new DOMException("aborted", "AbortError"));
        if (request.signal.aborted) aborted();
        request.signal.addEventListener("abort", aborted);
        polls.push({
          after: Number(query.get("after")),
          client: query.get("client") ?? "",
          signal: request.signal,
          answer: (r) => (r instanceof Error ? reject(r) : resolve(r)),
        });
      }),
  );
});

const stops: AbortController[] = [];

afterEach(() => {
  for (const s of stops.splice(0)) s.abort();
  Reflect.deleteProperty(navigator, "locks");
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** settle lets everything go on that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((wake) => setImmediate(wake));
}

const changes = (seq: number, kinds: string[] = [], reset = false): Response =>
  new Response(
    JSON.stringify({ seq, reset, changes: kinds.map((kind, i) => ({ kind, id: `${kind}-1`, seq: seq + i })) }),
    { headers: { "content-type": "application/json" } },
  );

type Heard = { changes: Change[]; reset: boolean };

function follow(begin?: number, f = new Follower()) {
  const heard: Heard[] = [];
  const links: string[] = [];
  f.subscribe((c, reset) => heard.push({ changes: c, reset }));
  f.watchLink(() => {
    if (links.at(-1) !== f.link().state) links.push(f.link().state);
  });
  const stop = new AbortController();
  stops.push(stop);
  f.start(stop.signal, begin);
  return { f, heard, links, stop };
}

/** next answers the poll that waits now. */
async function next(r: Response | Error): Promise<void> {
  await settle();
  const poll = polls.at(-1);
  if (!poll) throw new Error("nobody asks");
  poll.answer(r);
  await settle();
}

test("the first answer is where the page stands: its reset is no change", async () => {
  const { f, heard } = follow();
  expect(f.link()).toEqual({ state: "asking" });
  await next(changes(7, [], true));
  expect(polls.map((p) => p.after)).toEqual([-1, 7]);
  expect(f.link()).toEqual({ state: "here" });
  expect(heard).toEqual([]);
});

test("what changed since the page was given is told, once", async () => {
  const { heard } = follow(5);
  await next(changes(7));
  await next(changes(7, ["message"]));
  await next(changes(8, ["draft"]));
  expect(polls.map((p) => p.after)).toEqual([-1, 5, 7, 8]);
  expect(heard.map((h) => h.changes.map((c) => c.kind))).toEqual([["message"], ["draft"]]);
});

test("a page that was given by another program begins where that one stands", async () => {
  follow(500);
  await next(changes(7));
  expect(polls.map((p) => p.after)).toEqual([-1, 7]);
});

test("later changes are told, each poll asks from where the last one ended", async () => {
  const { heard } = follow();
  await next(changes(7));
  await next(changes(8, ["draft"]));
  await next(changes(10, ["message", "book"]));
  expect(heard).toEqual([
    { changes: [{ kind: "draft", id: "draft-1", seq: 8 }], reset: false },
    {
      changes: [
        { kind: "message", id: "message-1", seq: 10 },
        { kind: "book", id: "book-1", seq: 11 },
      ],
      reset: false,
    },
  ]);
  expect(polls.map((p) => p.after)).toEqual([-1, 7, 8, 10]);
  expect(new Set(polls.map((p) => p.client)).size).toBe(1);
});

test("a poll that ends without a change tells nobody and goes on", async () => {
  const { heard } = follow();
  await next(changes(7));
  await next(changes(7));
  expect(heard).toEqual([]);
  expect(polls).toHaveLength(3);
});

test("a later reset is told", async () => {
  const { heard } = follow();
  await next(changes(7));
  await next(changes(1, [], true));
  expect(heard).toEqual([{ changes: [], reset: true }]);
});

test("who has unsubscribed hears no more", async () => {
  const f = new Follower();
  const heard = vi.fn();
  const leave = f.subscribe(heard);
  follow(undefined, f);
  await next(changes(7));
  leave();
  await next(changes(8, ["draft"]));
  expect(heard).not.toHaveBeenCalled();
});

describe("when the program is gone", () => {
  test("the page says since when, asks again in a while, and reads everything anew when it is back", async () => {
    const { f, heard, links } = follow();
    await next(changes(7));
    await next(new TypeError("Failed to fetch"));
    expect(f.link()).toMatchObject({ state: "gone", since: 1_000_000, problem: { code: serverGone } });
    expect(polls).toHaveLength(2);

    await vi.advanceTimersByTimeAsync(retryAfter - 1);
    expect(polls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    await next(new TypeError("Failed to fetch"));
    expect(polls).toHaveLength(3);
    expect(f.link()).toMatchObject({ state: "gone", since: 1_000_000 }); // the first moment, not the last

    await vi.advanceTimersByTimeAsync(retryAfter);
    await next(changes(3));
    expect(polls[3]?.after).toBe(-1); // it may be another program with other numbers
    expect(f.link()).toEqual({ state: "here" });
    expect(heard).toEqual([{ changes: [], reset: true }]);
    expect(links).toEqual(["here", "gone", "here"]);
  });

  test("a refusal counts as gone too: the session may have ended", async () => {
    const { f } = follow();
    const body = JSON.stringify({ code: "user-session", status: 401, title: "Session" });
    await next(new Response(body, { status: 401, headers: { "content-type": "application/problem+json" } }));
    expect(f.link()).toMatchObject({ state: "gone", problem: { code: "user-session" } });
  });

  test("another call that got no answer says so at once, and the poll is asked anew", async () => {
    const { f, heard } = follow();
    await next(changes(7));
    f.failed(new Problem({ code: serverGone, status: 0, detail: "first" }));
    await settle();
    vi.setSystemTime(1_005_000);
    f.failed(new Problem({ code: serverGone, status: 0, detail: "second" }));
    expect(f.link()).toMatchObject({ state: "gone", since: 1_000_000, problem: { detail: "first" } });
    expect(polls[1]?.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(retryAfter);
    await next(changes(8));
    expect(f.link()).toEqual({ state: "here" });
    expect(heard).toEqual([{ changes: [], reset: true }]);
  });

  test("any call of the page that gets no answer says so", async () => {
    const { f } = follow();
    await next(changes(7));
    const lost = expect(ask(api.GET("/api/shell"))).rejects.toMatchObject({ code: serverGone });
    await next(new TypeError("Failed to fetch")); // the newest question is the one about the shell
    await lost;
    expect(f.link()).toMatchObject({ state: "gone", problem: { code: serverGone } });
  });
});

describe("the signal stops it", () => {
  test("while a poll runs", async () => {
    const { f, stop, links } = follow();
    await next(changes(7));
    stop.abort();
    await settle();
    await vi.advanceTimersByTimeAsync(10 * retryAfter);
    expect(polls).toHaveLength(2);
    expect(f.link()).toEqual({ state: "here" });
    expect(links).toEqual(["here"]);
  });

  test("while it waits to ask again", async () => {
    const { stop } = follow();
    await next(new TypeError("Failed to fetch"));
    stop.abort();
    await vi.advanceTimersByTimeAsync(10 * retryAfter);
    await settle();
    expect(polls).toHaveLength(1);
  });
});

describe("of two tabs of one browser", () => {
  beforeEach(() => {
    Object.defineProperty(navigator, "locks", { configurable: true, value: new Locks() });
  });

  test("one asks and tells the other", async () => {
    const first = follow();
    const second = follow();
    await next(changes(7));
    expect(polls).toHaveLength(2);
    expect(new Set(polls.map((p) => p.client)).size).toBe(1);
    await next(changes(8, ["draft"]));
    expect(second.heard).toEqual([{ changes: [{ kind: "draft", id: "draft-1", seq: 8 }], reset: false }]);
    expect(first.heard).toEqual(second.heard); // each once
    expect(second.f.link()).toEqual({ state: "here" });
  });

  test("both know that the program is gone, and read anew when it is back", async () => {
    follow();
    const second = follow();
    await next(changes(7));
    await next(new TypeError("Failed to fetch"));
    expect(second.f.link()).toMatchObject({ state: "gone", problem: { code: serverGone, detail: "Failed to fetch" } });
    await vi.advanceTimersByTimeAsync(retryAfter);
    await next(changes(8));
    expect(second.f.link()).toEqual({ state: "here" });
    expect(second.heard).toEqual([{ changes: [], reset: true }]);
  });

  // Only its own call failed: the tab that asks has noticed nothing, and would have nothing to say of itself.
  test("the one that alone got no answer has the other ask again, and goes on", async () => {
    const first = follow();
    const second = follow();
    await next(changes(7));
    second.f.failed(new Problem({ code: serverGone, status: 0, detail: "lost" }));
    await settle();
    expect(polls.at(-1)?.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(retryAfter);
    await next(changes(7));
    expect(second.f.link()).toEqual({ state: "here" });
    expect(second.heard).toEqual([{ changes: [], reset: true }]);
    expect(first.f.link()).toEqual({ state: "here" });
    expect(first.links).not.toContain("gone");
  });

  test("what changed while it asked again is not missed", async () => {
    const first = follow();
    const second = follow();
    await next(changes(7));
    second.f.failed(new Problem({ code: serverGone, status: 0, detail: "lost" }));
    await settle();
    await vi.advanceTimersByTimeAsync(retryAfter);
    await settle();
    expect(polls.at(-1)?.after).toBe(7);
    await next(changes(8, ["draft"]));
    expect(first.heard).toEqual([{ changes: [{ kind: "draft", id: "draft-1", seq: 8 }], reset: false }]);
  });

  // Else it waits without a word for what failed, and never looks for a draft whose answer was lost.
  test.each([
    ["here", () => changes(7)],
    ["gone", () => new TypeError("Failed to fetch")],
  ])("the one that is opened later learns that the program is %s", async (state, answer) => {
    follow();
    await next(answer());
    const second = follow();
    await settle();
    expect(second.f.link().state).toBe(state);
  });

  // Nobody listened between the last answer to the tab that was closed and its own first one.
  test("the one that takes over reads everything anew", async () => {
    const first = follow();
    const second = follow();
    await next(changes(7));
    first.stop.abort();
    await settle();
    expect(polls.at(-1)?.after).toBe(-1);
    await next(changes(9));
    expect(second.heard).toEqual([{ changes: [], reset: true }]);
    await next(changes(10, ["draft"]));
    expect(second.heard).toHaveLength(2);
  });

  test("a browser whose locks fail polls by itself", async () => {
    const request = () => Promise.reject(new DOMException("not here", "SecurityError"));
    Object.defineProperty(navigator, "locks", { configurable: true, value: { request } });
    const { f } = follow();
    await next(changes(7));
    expect(f.link()).toEqual({ state: "here" });
  });
});

describe("changes make questions old", () => {
  function told(data: { changes: { kind: string; id: string; seq: number }[]; reset: boolean }): unknown[][] {
    const client = new QueryClient();
    const asked = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
    let hear: Parameters<typeof follower.subscribe>[0] | undefined;
    vi.spyOn(follower, "subscribe").mockImplementation((f) => {
      hear = f;
      return () => true;
    });
    refreshOnChange(client);
    hear?.(data.changes, data.reset);
    return asked.mock.calls;
  }
  const change = (kind: string) => ({ kind, id: "1", seq: 1 });

  test.each([
    ["draft", [["drafts"]]],
    ["message", [["messages"]]],
    ["book", [["book"], ["directories"], ["check"]]],
    ["directory", [["directories"]]],
    ["job", [["directories"]]],
    ["something-new", [["something-new"]]],
  ])("of kind %s", (kind, keys) => {
    expect(told({ changes: [change(kind), change(kind)], reset: false })).toEqual(
      keys.map((queryKey) => [{ queryKey }]), // each once
    );
  });

  test("a reset makes all of them old", () => {
    expect(told({ changes: [], reset: true })).toEqual([[]]);
  });
});

test("a random name has 32 letters and digits and is not given twice", () => {
  const names = Array.from({ length: 50 }, randomName);
  for (const n of names) expect(n).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(names).size).toBe(50);
});
