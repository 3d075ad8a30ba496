import { describe, expect, test, vi } from "vitest";
import { Asker } from "./news";

/** asked is an Asker whose questions are answered by hand. */
function asked() {
  const open: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const ask = vi.fn(async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((done) => open.push(done));
    running--;
  });
  const answer = async () => {
    open.shift()?.();
    await vi.advanceTimersByTimeAsync(1000);
  };
  return { asker: new Asker(ask), ask, answer, most: () => most };
}

describe("whoever comes or goes has the check asked again", () => {
  test("at once, and a hundred at a time cost one more question, which begins after the last of them", async () => {
    vi.useFakeTimers();
    const { asker, ask, answer, most } = asked();
    asker.news();
    expect(ask).toHaveBeenCalledOnce();
    for (let i = 0; i < 100; i++) asker.news();
    await vi.advanceTimersByTimeAsync(1000);
    expect(ask).toHaveBeenCalledOnce(); // the first is not answered yet
    await answer();
    expect(ask).toHaveBeenCalledTimes(2);
    await answer();
    expect(ask).toHaveBeenCalledTimes(2);
    expect(most()).toBe(1);
    vi.useRealTimers();
  });

  test("also after a question that failed", async () => {
    vi.useFakeTimers();
    const ask = vi.fn(() => Promise.reject(new Error("gone")));
    const asker = new Asker(ask);
    asker.news();
    await vi.advanceTimersByTimeAsync(1000);
    asker.news();
    expect(ask).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  test("and never when nobody writes there any more", async () => {
    vi.useFakeTimers();
    const { asker, ask, answer } = asked();
    asker.news();
    asker.news();
    asker.end();
    await answer();
    expect(ask).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });
});
