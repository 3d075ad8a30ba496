import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { gap, Pace } from "./pace";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a hundred changes in a second ask no more often than the gap allows, and the last is not missed", async () => {
  let asked = 0;
  const pace = new Pace(async () => void asked++);
  for (let i = 0; i < 100; i++) {
    pace.ask();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(asked).toBeLessThanOrEqual(1000 / gap + 1);
  const before = asked;
  pace.ask();
  await vi.advanceTimersByTimeAsync(gap);
  expect(asked).toBe(before + 1);
  await vi.advanceTimersByTimeAsync(10 * gap);
  expect(asked).toBe(before + 1);
});

test("while a question is under way no other is asked; what changed meanwhile is asked for after it", async () => {
  const ends: (() => void)[] = [];
  const pace = new Pace(() => new Promise<void>((end) => ends.push(end)));
  pace.ask();
  await vi.advanceTimersByTimeAsync(0);
  pace.ask();
  pace.ask();
  await vi.advanceTimersByTimeAsync(20 * gap);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(ends).toHaveLength(2);
});

test("a question that failed does not stop the next", async () => {
  let asked = 0;
  const pace = new Pace(async () => {
    asked++;
    throw new Error("gone");
  });
  pace.ask();
  await vi.advanceTimersByTimeAsync(0);
  pace.ask();
  await vi.advanceTimersByTimeAsync(gap);
  expect(asked).toBe(2);
});
