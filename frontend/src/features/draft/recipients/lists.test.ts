import { describe, expect, test } from "vitest";
import { expanded, type Lists, moved, replaced, restored, sorted, without } from "./lists";

const lists = (action: string, info = ""): Lists => {
  const of = (text: string) => text.split(" ").filter(Boolean);
  return { action: of(action), info: of(info) };
};
const said = (l: Lists) => `${l.action.join(" ")} | ${l.info.join(" ")}`;
const now = lists("a@x b@x c@x", "d@x e@x");

describe("taking out", () => {
  test("whoever is meant, however spelled, from both fields", () => {
    expect(said(without(now, ["B@X", "e@x"]))).toBe("a@x c@x | d@x");
  });
  test("nobody who is there changes nothing", () => {
    const same = without(now, ["z@x"]);
    expect([same.action, same.info]).toEqual([now.action, now.info]);
    expect(same.action).toBe(now.action);
  });
});

describe("moving", () => {
  test("puts them at the end of the other field, in their order and spelling", () => {
    expect(said(moved(now, ["C@x", "a@x"], "info"))).toBe("b@x | d@x e@x a@x c@x");
  });
  test("back to action", () => {
    expect(said(moved(now, ["d@x"], "action"))).toBe("a@x b@x c@x d@x | e@x");
  });
  test("to where they are, or of who is not there, changes nothing", () => {
    expect(moved(now, ["a@x"], "action")).toBe(now);
    expect(moved(now, ["z@x"], "info")).toBe(now);
  });
});

describe("another in somebody's place", () => {
  test("stands in the same place and field", () => {
    expect(said(replaced(now, ["b@x", "e@x"], ["role@x", "eve@y"]))).toBe("a@x role@x c@x | d@x eve@y");
  });
  test("who is there already is not put a second time, but at the first place", () => {
    expect(said(replaced(now, ["b@x"], ["D@x"]))).toBe("a@x D@x c@x | e@x");
    expect(said(replaced(now, ["e@x"], ["A@x"]))).toBe("a@x b@x c@x | d@x");
  });
  test("one for two comes once", () => {
    expect(said(replaced(now, ["a@x", "b@x"], ["j3@x", "j3@x"]))).toBe("j3@x c@x | d@x e@x");
  });
  test("nobody goes without one who comes", () => {
    expect(said(replaced(now, ["a@x", "b@x"], ["j3@x"]))).toBe("j3@x b@x c@x | d@x e@x");
  });
});

describe("a group opened in its place", () => {
  test("its members stand where it stood, each once", () => {
    expect(said(expanded(now, "B@x", ["m@x", "d@x", "n@x", "M@x"]))).toBe("a@x m@x n@x c@x | d@x e@x");
  });
  test("one of which nobody is known stays", () => {
    expect(expanded(now, "b@x", [])).toBe(now);
  });
});

describe("taking back", () => {
  test.each<[string, Lists, Lists, string]>([
    ["who was left out comes back to his place", now, without(now, ["b@x", "d@x"]), "a@x b@x c@x | d@x e@x"],
    ["who came in another's place goes", now, replaced(now, ["b@x"], ["j3@x"]), "a@x b@x c@x | d@x e@x"],
    ["who moved to the other field for it goes back", now, replaced(now, ["b@x"], ["d@x"]), "a@x b@x c@x | d@x e@x"],
  ])("%s", (_, before, after, want) => {
    expect(said(restored(after, before, after))).toBe(want);
  });
  test("leaves what was changed since", () => {
    const after = without(now, ["b@x"]);
    const since: Lists = { action: [...after.action, "new@x"], info: ["e@x"] };
    expect(said(restored(since, now, after))).toBe("a@x b@x c@x new@x | e@x");
  });
});

test("what is added is told apart: new, and there already or twice in itself", () => {
  expect(sorted(now, ["x@x", "A@x", "X@x", "e@x", "y@x"])).toEqual({
    fresh: ["x@x", "y@x"],
    twice: ["A@x", "X@x", "e@x"],
  });
});

test("5,000 are no matter", () => {
  const many = Array.from({ length: 5000 }, (_, i) => `p${i}@x`);
  const big: Lists = { action: many, info: [] };
  expect(sorted(big, many).twice).toHaveLength(5000);
  expect(without(big, many.slice(0, 4999)).action).toEqual(["p4999@x"]);
  expect(moved(big, many, "info").info).toHaveLength(5000);
});
