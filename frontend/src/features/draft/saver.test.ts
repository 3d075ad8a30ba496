import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../../api/problem";
import { Saver } from "./saver";
import { type Content, contentOf } from "./state";

const wait = 300;
const retryAfter = 2000;
const at = (version: number) => `2026-11-21T14:05:0${version}Z`;

type Put = {
  version: number;
  name: string;
  after: string | undefined;
  subject: string;
  last: boolean;
  done: () => Promise<void>;
  fail: (p: unknown) => Promise<void>;
};

const text = (subject: string): Content => contentOf({ subject });
const problem = (code: string, status: number) => new Problem({ code, status, detail: "" });
const gone = problem("page-server-gone", 0);
const refused = problem("user-draft", 422);
const changed = problem("user-draft-changed", 409);

/** saving is a saver whose saves end when the test says so. */
function saving(stored?: { version: number; changed: string }) {
  const puts: Put[] = [];
  const saver = new Saver(
    ({ version, name, after }, content, last) =>
      new Promise((resolve, reject) => {
        const settled = async (settle: () => void) => {
          settle();
          await vi.advanceTimersByTimeAsync(0);
        };
        puts.push({
          version,
          name,
          after,
          subject: content.subject,
          last,
          done: () => settled(() => resolve({ version: version + 1, changed: at(version + 1) })),
          fail: (p) => settled(() => reject(p)),
        });
      }),
    stored,
  );
  const seen: string[] = [];
  saver.subscribe(() => seen.push(saver.status().is));
  const put = (i: number): Put => {
    const found = puts[i];
    if (!found) throw new Error(`only ${puts.length} saves`);
    return found;
  };
  return { saver, puts, put, seen, subjects: () => puts.map((p) => p.subject) };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("a save that fails during a pause is not tried again before its end: what is put together meanwhile stays here", async () => {
  const { saver, put, subjects } = saving({ version: 1, changed: at(1) });
  saver.change(text("before"));
  saver.pause(true);
  saver.change(text("half a label"));
  await put(0).fail(gone);
  await vi.advanceTimersByTimeAsync(10 * retryAfter);
  expect(subjects()).toEqual(["before"]);
  saver.change(text("whole"));
  saver.pause(false);
  await vi.advanceTimersByTimeAsync(wait);
  expect(subjects()).toEqual(["before", "whole"]);
});

describe("what it says at first", () => {
  test("a new draft", () => {
    const { saver } = saving();
    expect(saver.status()).toEqual({ is: "new" });
    expect(saver.version()).toBe(0);
    expect(saver.isClean()).toBe(true);
  });

  test("a stored one", () => {
    const { saver } = saving({ version: 4, changed: at(4) });
    expect(saver.status()).toEqual({ is: "saved", at: at(4) });
    expect(saver.version()).toBe(4);
    expect(saver.isClean()).toBe(true);
  });
});

describe("typing", () => {
  test("is saved a moment after it began, though it goes on without a pause", async () => {
    const { saver, subjects } = saving();
    for (let ms = 0; ms < wait; ms += 50) {
      saver.change(text(`at ${ms}`));
      await pass(50);
    }
    expect(subjects()).toEqual(["at 250"]);
  });

  test("says that it is being saved from the first letter on, and when it was saved", async () => {
    const { saver, put } = saving();
    saver.change(text("a"));
    expect(saver.status()).toEqual({ is: "saving" });
    expect(saver.isClean()).toBe(false);
    await pass(wait);
    expect(saver.isClean()).toBe(false);
    await put(0).done();
    expect(saver.status()).toEqual({ is: "saved", at: at(1) });
    expect(saver.isClean()).toBe(true);
  });

  test("is saved one save at a time, each on the version that the last one gave", async () => {
    const { saver, put, puts, subjects } = saving({ version: 3, changed: at(3) });
    saver.change(text("a"));
    await pass(wait);
    saver.change(text("ab"));
    await pass(wait * 10);
    saver.change(text("abc"));
    await pass(wait * 10);
    expect(subjects()).toEqual(["a"]);
    await put(0).done();
    await pass(wait);
    await put(1).done();
    expect(puts.map((p) => [p.version, p.subject])).toEqual([
      [3, "a"],
      [4, "abc"],
    ]);
    expect(saver.version()).toBe(5);
    expect(saver.isClean()).toBe(true);
  });

  test("during a save is saved after it, and never says “saved” before", async () => {
    const { saver, put, subjects, seen } = saving();
    saver.change(text("a"));
    await pass(wait);
    saver.change(text("ab"));
    await put(0).done();
    expect(saver.isClean()).toBe(false);
    await pass(wait);
    expect(subjects()).toEqual(["a", "ab"]);
    expect(saver.status()).toEqual({ is: "saving" });
    expect(seen).not.toContain("saved");
    await put(1).done();
    expect(saver.status()).toEqual({ is: "saved", at: at(2) });
  });
});

describe("what is being saved, given once more", () => {
  const a = text("a");
  async function twice() {
    const s = saving();
    s.saver.change(a);
    await pass(wait);
    s.saver.change(a);
    return s;
  }

  test("is not saved again", async () => {
    const { saver, put, subjects } = await twice();
    await put(0).done();
    await pass(wait);
    expect(subjects()).toEqual(["a"]);
    expect(saver.status()).toEqual({ is: "saved", at: at(1) });
    expect(saver.isClean()).toBe(true);
  });

  test("is what flush waits for", async () => {
    const { saver, put, puts } = await twice();
    const flushed = saver.flush();
    await put(0).done();
    await expect(flushed).resolves.toBe(1);
    expect(puts).toHaveLength(1);
  });

  test("takes back what was typed between", async () => {
    const { saver, put, subjects } = await twice();
    saver.change(text("ab"));
    saver.change(a);
    await put(0).done();
    await pass(wait);
    expect(subjects()).toEqual(["a"]);
    expect(saver.stored()).toBe(a);
  });

  test("is kept when its save fails, and saved again", async () => {
    const { saver, put, subjects } = await twice();
    await put(0).fail(gone);
    expect(saver.unsaved()).toBe(a);
    await pass(retryAfter);
    expect(subjects()).toEqual(["a", "a"]);
  });

  test("is saved anew once its save has failed, also by who hears of that first", async () => {
    const { saver, put, subjects } = await twice();
    const end = saver.subscribe(() => {
      if (saver.status().is === "failed") saver.change(a);
    });
    await put(0).fail(gone);
    end();
    await pass(retryAfter);
    expect(subjects()).toEqual(["a", "a"]);
  });

  test("goes with the page that ends", async () => {
    const { saver, put } = await twice();
    saver.leave(true);
    expect(put(1)).toMatchObject({ after: put(0).name, subject: "a", last: true });
  });

  test("is saved again once it was saved: a new version may be what is wanted", async () => {
    const { saver, put, subjects } = await twice();
    await put(0).done();
    saver.change(a);
    await pass(wait);
    expect(subjects()).toEqual(["a", "a"]);
  });
});

describe("a save that fails", () => {
  test.each([
    ["the program does not answer", gone],
    ["the session has ended", problem("user-session", 401)],
    ["the program has a fault", problem("server-fault", 500)],
    ["something between has one", problem("page-not-json", 502)],
  ])("is tried again by itself when %s", async (_, p) => {
    const { saver, put, puts } = saving({ version: 3, changed: at(3) });
    saver.change(text("a"));
    await pass(wait);
    await put(0).fail(p);
    expect(saver.status()).toEqual({ is: "failed", problem: p });
    expect(saver.isClean()).toBe(false);
    await pass(retryAfter - 1);
    expect(puts).toHaveLength(1);
    await pass(1);
    expect(put(1)).toMatchObject({ version: 3, subject: "a" });
    await put(1).fail(p);
    await pass(retryAfter);
    await put(2).done();
    expect(saver.status()).toEqual({ is: "saved", at: at(4) });
  });

  test("a network error is no answer", async () => {
    const { saver, put } = saving();
    saver.change(text("a"));
    await pass(wait);
    await put(0).fail(new TypeError("Failed to fetch"));
    expect(saver.status()).toMatchObject({ is: "failed", problem: { code: "page-server-gone" } });
  });

  test("is tried again with the newest text", async () => {
    const { saver, put, subjects } = saving();
    saver.change(text("a"));
    await pass(wait);
    saver.change(text("ab"));
    await put(0).fail(gone);
    saver.change(text("abc"));
    expect(saver.status().is).toBe("failed"); // it stays said while it is true
    await pass(retryAfter);
    expect(subjects()).toEqual(["a", "abc"]);
  });

  test("is not tried again when it was refused, until the next change", async () => {
    const { saver, put, puts, subjects } = saving();
    saver.change(text("bad"));
    await pass(wait);
    await put(0).fail(refused);
    await pass(retryAfter * 10);
    expect(puts).toHaveLength(1);
    expect(saver.status()).toEqual({ is: "failed", problem: refused });
    saver.change(text("better"));
    await pass(wait);
    expect(subjects()).toEqual(["bad", "better"]);
    await put(1).done();
    expect(saver.status().is).toBe("saved");
  });

  // The change came while the refused save was under way, so nothing further may come.
  test("is tried again when the text was changed while it was being refused", async () => {
    const { saver, put, subjects } = saving();
    saver.change(text("bad"));
    await pass(wait);
    saver.change(text("better"));
    await pass(wait * 2);
    await put(0).fail(refused);
    await pass(wait);
    expect(subjects()).toEqual(["bad", "better"]);
  });
});

describe.each([
  ["changed", changed],
  ["gone", problem("user-draft-gone", 404)],
])("a draft that another tab has %s", (_, p) => {
  async function conflicted() {
    const s = saving({ version: 3, changed: at(3) });
    s.saver.change(text("mine"));
    await pass(wait);
    await s.put(0).fail(p);
    return s;
  }

  test("is not saved any more, whatever is typed", async () => {
    const { saver, puts } = await conflicted();
    expect(saver.status()).toEqual({ is: "conflict", problem: p });
    saver.change(text("more"));
    await pass(retryAfter * 10);
    saver.leave(false);
    saver.leave(true);
    await pass(retryAfter * 10);
    expect(puts).toHaveLength(1);
    expect(saver.status()).toEqual({ is: "conflict", problem: p });
    expect(saver.isClean()).toBe(false);
  });

  // Else the question what to keep would vanish and come again.
  test("is not saved any more either when something was typed during the save that found out", async () => {
    const { saver, put, puts, seen } = saving({ version: 3, changed: at(3) });
    saver.change(text("mine"));
    await pass(wait);
    saver.change(text("mine and more"));
    await put(0).fail(p);
    await pass(retryAfter * 10);
    expect(puts).toHaveLength(1);
    expect(seen.at(-1)).toBe("conflict");
  });

  test("is saved again on the version that is there, when this page's is to be kept", async () => {
    const { saver, put } = await conflicted();
    saver.rebase(7);
    expect(saver.status()).toEqual({ is: "saving" });
    await pass(wait);
    expect(put(1)).toMatchObject({ version: 7, subject: "mine" });
    await put(1).done();
    expect(saver.status()).toEqual({ is: "saved", at: at(8) });
    expect(saver.isClean()).toBe(true);
  });

  test("is forgotten when the other's is shown, and saved on it from then on", async () => {
    const { saver, put, puts } = await conflicted();
    const theirs = text("theirs");
    saver.replaced(7, at(7), theirs);
    expect(saver.status()).toEqual({ is: "saved", at: at(7) });
    expect(saver.isClean()).toBe(true);
    await pass(retryAfter);
    expect(puts).toHaveLength(1);
    saver.change(text("theirs and mine"));
    await pass(wait);
    expect(put(1)).toMatchObject({ version: 7, subject: "theirs and mine" });
  });

  test("cannot be flushed", async () => {
    const { saver, puts } = await conflicted();
    const flushed = expect(saver.flush()).rejects.toBe(p);
    await puts[1]?.fail(p);
    await flushed;
  });
});

test("what is shown anew is not saved, even when something waited to be", async () => {
  const { saver, puts } = saving({ version: 3, changed: at(3) });
  saver.change(text("mine"));
  saver.replaced(4, at(4), text("theirs"));
  await pass(retryAfter);
  expect(puts).toHaveLength(0);
});

test("what came from the program, and nobody has changed since, is known as that", () => {
  const first = text("first");
  const saver = new Saver(() => new Promise(() => undefined), { version: 3, changed: at(3) }, first);
  expect(saver.isGiven(first)).toBe(true);
  expect(saver.isGiven(text("first"))).toBe(false); // it was written anew
  saver.change(first); // it is sent as it is
  expect(saver.isGiven(first)).toBe(true);
  saver.change(text("restored"));
  expect(saver.isGiven(first)).toBe(false); // undo brings the very same content back
  const theirs = text("theirs");
  saver.replaced(4, at(4), theirs);
  expect(saver.isGiven(theirs)).toBe(true);
  expect(saver.isGiven(first)).toBe(false);
});

describe("flush", () => {
  test("gives the version at once when all is saved", async () => {
    const { saver, puts } = saving({ version: 3, changed: at(3) });
    await expect(saver.flush()).resolves.toBe(3);
    expect(puts).toHaveLength(0);
  });

  test("saves at once what waits", async () => {
    const { saver, put } = saving();
    saver.change(text("a"));
    const flushed = saver.flush();
    expect(put(0)).toMatchObject({ version: 0, subject: "a", last: false });
    await put(0).done();
    await expect(flushed).resolves.toBe(1);
    await pass(retryAfter);
    expect(saver.isClean()).toBe(true);
  });

  test("waits for the save under way, and saves the rest", async () => {
    const { saver, put, puts } = saving();
    saver.change(text("a"));
    await pass(wait);
    saver.change(text("ab"));
    let version: number | undefined;
    void saver.flush().then((v) => {
      version = v;
    });
    expect(puts).toHaveLength(1);
    await put(0).done();
    expect(version).toBeUndefined();
    expect(put(1)).toMatchObject({ version: 1, subject: "ab" });
    await put(1).done();
    expect(version).toBe(2);
    await pass(retryAfter);
    expect(puts).toHaveLength(2);
  });

  test.each([
    ["the program is gone", gone],
    ["it was refused", refused],
    ["another tab changed it", changed],
  ])("throws the problem when %s", async (_, p) => {
    const { saver, put } = saving();
    saver.change(text("a"));
    const flushed = expect(saver.flush()).rejects.toBe(p);
    await put(0).fail(p);
    await flushed;
    expect(saver.isClean()).toBe(false);
  });

  test("throws the problem of the save under way too, and keeps the rest", async () => {
    const { saver, put, subjects } = saving();
    saver.change(text("a"));
    await pass(wait);
    saver.change(text("ab"));
    const flushed = expect(saver.flush()).rejects.toBe(gone);
    await put(0).fail(gone);
    await flushed;
    await pass(retryAfter);
    expect(subjects()).toEqual(["a", "ab"]);
  });

  test("tries again what failed before", async () => {
    const { saver, put } = saving();
    saver.change(text("a"));
    await pass(wait);
    await put(0).fail(gone);
    const flushed = saver.flush();
    await put(1).done();
    await expect(flushed).resolves.toBe(1);
  });
});

describe("hurry", () => {
  test("saves at once what waits, in a request that outlives the page, and the page may go on", async () => {
    const { saver, put, puts } = saving({ version: 3, changed: at(3) });
    saver.change(text("a"));
    saver.hurry();
    expect(put(0)).toMatchObject({ version: 3, subject: "a", last: true });
    saver.change(text("ab"));
    saver.hurry();
    expect(puts).toHaveLength(1);
    await put(0).done();
    await pass(wait);
    expect(put(1)).toMatchObject({ version: 4, subject: "ab", last: false });
  });

  test("does nothing in a conflict, and while a label is put together", async () => {
    const { saver, put, puts } = saving({ version: 3, changed: at(3) });
    saver.pause(true);
    saver.change(text("half"));
    saver.hurry();
    expect(puts).toHaveLength(0);
    saver.pause(false);
    await pass(wait);
    await put(0).fail(changed);
    saver.hurry();
    expect(puts).toHaveLength(1);
  });
});

describe("leave", () => {
  test.each([true, false])("saves at once what waits; the page ends: %s", async (closing) => {
    const { saver, put, puts } = saving();
    saver.change(text("a"));
    saver.leave(closing);
    expect(put(0)).toMatchObject({ subject: "a", last: closing });
    await put(0).done();
    await pass(retryAfter);
    expect(puts).toHaveLength(1);
  });

  test("of what is saved does nothing", () => {
    const { saver, puts } = saving({ version: 1, changed: at(1) });
    saver.leave(true);
    expect(puts).toHaveLength(0);
  });

  test("during a save has the rest saved after it", async () => {
    const { saver, put, subjects } = saving();
    saver.change(text("a"));
    await pass(wait);
    saver.change(text("ab"));
    saver.leave(false);
    await put(0).done();
    await pass(wait);
    expect(subjects()).toEqual(["a", "ab"]);
  });

  // Whether the save under way arrives, and when, is not known any more.
  test.each(["ab", "a"])(
    "during a save, while the page ends, sends all there is (%s) on top of it or of the one before",
    async (all) => {
      const { saver, put, puts } = saving({ version: 3, changed: at(3) });
      saver.change(text("a"));
      await pass(wait);
      if (all !== "a") saver.change(text(all));
      saver.leave(true);
      expect(puts.slice(1)).toMatchObject([{ version: 3, after: put(0).name, subject: all, last: true }]);
      expect(put(1).name).not.toBe(put(0).name);
      await put(1).fail(changed); // nobody is left to hear of it
    },
  );

  test("after a save, while the page ends, names none to follow", async () => {
    const { saver, put } = saving({ version: 3, changed: at(3) });
    saver.change(text("a"));
    await pass(wait);
    await put(0).done();
    saver.change(text("ab"));
    saver.leave(true);
    expect(put(1)).toMatchObject({ version: 4, after: undefined, subject: "ab", last: true });
  });
});

test("stop ends saving: nothing that waits or comes is saved, and it is held", async () => {
  const { saver, puts } = saving({ version: 3, changed: at(3) });
  saver.change(text("a"));
  saver.stop();
  expect(saver.isHeld()).toBe(true);
  expect(saver.isClean()).toBe(true);
  await pass(retryAfter);
  saver.change(text("b"));
  saver.leave(true);
  await pass(retryAfter);
  expect(puts).toHaveLength(0);
});

test("hold says that it is being sent, and no more", async () => {
  const { saver, puts } = saving();
  expect(saver.isHeld()).toBe(false);
  saver.hold(true);
  expect(saver.isHeld()).toBe(true);
  saver.change(text("a"));
  await pass(wait);
  expect(puts).toHaveLength(1);
  saver.hold(false);
  expect(saver.isHeld()).toBe(false);
});

test("who watches hears of each change of state, until he leaves", async () => {
  const { saver, put, seen } = saving();
  const heard = vi.fn();
  const leave = saver.subscribe(heard);
  saver.change(text("a"));
  leave();
  await pass(wait);
  await put(0).done();
  expect(heard).toHaveBeenCalledTimes(1);
  expect(seen.filter((s, i) => s !== seen[i - 1])).toEqual(["saving", "saved"]);
});

describe("while a label is put together", () => {
  test("nothing is saved but what was changed before, and then the last of it", async () => {
    const { saver, puts } = saving({ version: 1, changed: at(1) });
    saver.change(text("before"));
    saver.pause(true);
    expect(puts.map((p) => p.subject)).toEqual(["before"]);
    await puts[0]?.done();
    saver.change(text("step"));
    saver.change(text("chosen"));
    await vi.advanceTimersByTimeAsync(10 * wait);
    expect(puts).toHaveLength(1);
    expect(saver.isClean()).toBe(false);
    saver.pause(false);
    await vi.advanceTimersByTimeAsync(wait);
    expect(puts.map((p) => p.subject)).toEqual(["before", "chosen"]);
    await puts[1]?.done();
    expect(saver.stored()?.subject).toBe("chosen");
  });

  test("leaving and sending save all the same", async () => {
    const { saver, puts } = saving({ version: 1, changed: at(1) });
    saver.pause(true);
    saver.change(text("left"));
    saver.leave(false);
    expect(puts.map((p) => p.subject)).toEqual(["left"]);
  });
});
