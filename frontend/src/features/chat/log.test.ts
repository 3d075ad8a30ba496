import { expect, test } from "vitest";
import type { ChatMessage } from "../../api/types";
import { fakeDetail, fakeSaid, fakeTalk } from "../../test-fakes";
import { joined, onlyNewest, withOlder } from "./log";

const said = (...ids: (string | ChatMessage)[]) => ids.map((m) => (typeof m === "string" ? fakeSaid(m) : m));
const detail = (messages: ChatMessage[], next?: string) =>
  fakeDetail(fakeTalk("room"), messages, next === undefined ? {} : { next });
const ids = (messages: ChatMessage[]) => messages.map((m) => m.id).join(" ");

test.each<[string, string[], string | undefined, string[], string | undefined, string, string | undefined]>([
  ["the newest stand behind what was read before", ["a", "b", "c"], "x", ["b", "c", "d"], "b0", "a b c d", "x"],
  ["what was taken away from between is gone", ["a", "b", "c", "d"], "x", ["b", "d"], "b0", "a b d", "x"],
  ["over a gap nothing is put together", ["a", "b"], "x", ["y", "z"], "y0", "y z", "y0"],
  ["an answer that is all there is replaces what was before", ["a", "b"], "x", ["b"], undefined, "b", undefined],
  ["nothing is left when all is gone", ["a", "b"], undefined, [], undefined, "", undefined],
])("%s", (_, before, next, newest, newestNext, wanted, wantedNext) => {
  const now = joined(detail(said(...before), next), detail(said(...newest), newestNext));
  expect(ids(now.messages)).toBe(wanted);
  expect(now.next).toBe(wantedNext);
});

test("what is the same stays the same object; what became another text is a new one", () => {
  const before = detail(said("a", "b"), "x");
  const now = joined(before, detail(said("a", fakeSaid("b", { body: "corrected", corrected: true })), "x"));
  expect(now.messages[0]).toBe(before.messages[0]);
  expect(now.messages[1]?.body).toBe("corrected");
});

test("older ones stand before, none twice, with the next cursor", () => {
  const now = withOlder(detail(said("c", "d"), "c0"), detail(said("a", "b", "c"), "a0"));
  expect(ids(now.messages)).toBe("a b c d");
  expect(now.next).toBe("a0");
});

test("who looks at the newest lets go of the older, with the cursor by which they are read again", () => {
  const before = detail(said("a", "b", "c"), "x");
  const now = onlyNewest(before, detail(said("b", "c"), "b0"));
  expect(ids(now.messages)).toBe("b c");
  expect(now.next).toBe("b0");
  expect(now.messages[0]).toBe(before.messages[1]);
});
