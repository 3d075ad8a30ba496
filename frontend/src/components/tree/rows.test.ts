import { describe, expect, test } from "vitest";
import { rowsOf, stepBy, type TreeNode, typedTo } from "./rows";

const node = (id: string, hasNodes = false): TreeNode => ({ id, name: id, hasNodes });

const inside: Record<string, TreeNode[]> = {
  army: [node("1 Brigade", true), node("Élite"), node("Engineers")],
  "1 Brigade": [node("J2"), node("J3")],
  loop: [node("loop", true), node("Leaf")],
};
const roots = [node("army", true), node("fleet", true), node("staff")];
const rows = (...open: string[]) => rowsOf(roots, new Set(open), (id) => inside[id]);
const ids = (list: { node: TreeNode }[]) => list.map((r) => r.node.id);

describe("what is shown", () => {
  test("is the topmost nodes alone when all are closed", () => {
    expect(ids(rows())).toEqual(["army", "fleet", "staff"]);
  });

  test("is what lies below open nodes, after each", () => {
    const list = rows("army", "1 Brigade");
    expect(ids(list)).toEqual(["army", "1 Brigade", "J2", "J3", "Élite", "Engineers", "fleet", "staff"]);
    expect(list.map((r) => r.level)).toEqual([1, 2, 3, 3, 2, 2, 1, 1]);
    expect(list[3]).toMatchObject({ parent: "1 Brigade", position: 2, size: 2 });
  });

  test("waits for what is on its way", () => {
    expect(rows("fleet")[1]).toMatchObject({ isOpen: true, isWaiting: true });
  });

  test("ends where a node comes again below itself", () => {
    const list = rowsOf([node("loop", true)], new Set(["loop"]), (id) => inside[id]);
    expect(ids(list)).toEqual(["loop", "Leaf"]);
  });
});

describe("a key", () => {
  test.each<[string, string, string[], string, unknown]>([
    ["down", "ArrowDown", ["army"], "army", { cursor: "1 Brigade" }],
    ["up at the top", "ArrowUp", [], "army", { cursor: "army" }],
    ["down at the end", "ArrowDown", [], "staff", { cursor: "staff" }],
    ["end", "End", ["army"], "army", { cursor: "staff" }],
    ["home", "Home", ["army"], "fleet", { cursor: "army" }],
    ["right on a closed node opens it", "ArrowRight", [], "army", { open: "army" }],
    ["right on an open node goes in", "ArrowRight", ["army"], "army", { cursor: "1 Brigade" }],
    ["right on an open node that waits stays", "ArrowRight", ["fleet"], "fleet", undefined],
    ["right on a leaf does nothing", "ArrowRight", [], "staff", undefined],
    ["left on an open node closes it", "ArrowLeft", ["army"], "army", { close: "army" }],
    ["left on a leaf goes out", "ArrowLeft", ["army"], "Engineers", { cursor: "army" }],
    ["left at the top does nothing", "ArrowLeft", [], "staff", undefined],
    ["a star opens all beside it", "*", [], "army", { openBeside: ["army", "fleet"] }],
  ])("%s", (_, key, open, from, does) => {
    const list = rows(...open);
    const at = ids(list).indexOf(from);
    expect(stepBy(key, list, at)).toEqual(does);
  });
});

describe("typed letters", () => {
  const list = rows("army");
  test.each([
    ["find the next beginning", "e", "army", "Élite"],
    ["one letter again goes on", "ee", "Élite", "Engineers"],
    ["several stay on the row they fit", "en", "Engineers", "Engineers"],
    ["start again at the top", "a", "fleet", "army"],
    ["do not need accents", "elite", "army", "Élite"],
    ["that begin nothing find nothing", "zz", "army", undefined],
  ])("%s", (_, typed, from, found) => {
    expect(typedTo(typed, list, ids(list).indexOf(from))).toBe(found);
  });
});
