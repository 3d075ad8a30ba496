import { expect, test } from "vitest";
import type { InboxRow } from "../../api/types";
import { fakeInbox, fakeRow } from "../../test-fakes";
import { type Known, lookAt, looked } from "./came";

const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 10, 21, 14, minute, second)).toISOString();
const row = (n: number, more: Partial<InboxRow> = {}) => fakeRow(`m${n}`, { seen: false, received: at(n), ...more });
const report = { kind: "delivery", message: "06GZ", subject: "Bridge" } as const;

/** told looks at one list after the other, and gives what was told at each. */
function told(...lists: InboxRow[][]): string[][] {
  let known: Known | undefined;
  return lists.map((list) => {
    const look = lookAt(fakeInbox(list), known);
    known = look.known;
    return look.came.map((m) => m.id);
  });
}

test("what is not fetched yet is told when it is, with what is known of it then", () => {
  const soon = row(2, { pending: true });
  const flash = row(2, { precedence: "flash" });
  expect(told([row(1)], [soon, row(1)], [soon, row(1)], [flash, row(1)], [flash, row(1)])).toEqual([
    [],
    [],
    [],
    ["m2"],
    [],
  ]);
  const look = lookAt(
    fakeInbox([flash]),
    lookAt(fakeInbox([soon]), lookAt(fakeInbox([row(1)]), undefined).known).known,
  );
  expect(look.came[0]?.precedence).toBe("flash");
});

test("a report that is not fetched yet is not taken for a message", () => {
  const [first, second] = [row(2), row(3)];
  const soon = { ...second, pending: true };
  expect(told([row(1)], [soon, first, row(1)], [{ ...second, report }, first, row(1)])).toEqual([[], ["m2"], []]);
});

test("what was not fetched when the page was opened has not just come in", () => {
  expect(told([row(2, { pending: true }), row(1)], [row(2), row(1)])).toEqual([[], []]);
});

test("of two that come in together each is told, whichever is there first", () => {
  const small = fakeRow("small", { seen: false, received: at(5, 1) });
  const large = fakeRow("large", { seen: false, received: at(5, 0) });
  expect(told([row(1)], [small, row(1)], [small, large, row(1)])).toEqual([[], ["small"], ["large"]]);
});

test("what was not fetched yet when newer ones pushed it out of sight is told when it is seen again", () => {
  const soon = row(2, { pending: true });
  const many = Array.from({ length: looked }, (_, n) => fakeRow(`n${n}`, { seen: false, received: at(3, n) }));
  const after = told([row(1)], [soon, row(1)], many, [...many.slice(2), row(2)]);
  expect(after.at(-1)).toEqual(["m2"]);
});

test("what was read a while ago and is unread again is not told", () => {
  expect(told([row(2), row(1)], [row(2)], [row(2), row(1)])).toEqual([[], [], []]); // it was in sight
  expect(told([row(5)], [row(5), row(1)])).toEqual([[], []]); // it was not
});

test("what comes into sight because a newer one was read is not told", () => {
  const many = Array.from({ length: looked + 2 }, (_, n) =>
    fakeRow(`s${n}`, { seen: false, received: at(9, looked + 2 - n) }),
  );
  const fresh = fakeRow("fresh", { seen: false, received: at(9, 59) });
  const [first, ...others] = many;
  expect(first).toBeDefined();
  expect(told(many.slice(0, looked), others.slice(0, looked), [fresh, ...others.slice(0, looked - 1)])).toEqual([
    [],
    [],
    ["fresh"],
  ]);
});

test("another mailbox is looked at anew", () => {
  const gone = lookAt(fakeInbox([row(3)], { mailbox: "duty" }), lookAt(fakeInbox([row(1)]), undefined).known);
  expect(gone.came).toEqual([]);
  expect([...gone.known.ids]).toEqual(["m3"]);
});
