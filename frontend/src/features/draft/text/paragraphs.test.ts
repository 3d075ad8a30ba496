import { describe, expect, test } from "vitest";
import { restricted, secret } from "../test-reports";
import { type Edit, edited, type Paragraph, paragraphsIn, type Text, takenBack, turnOff, turnOn } from "./paragraphs";

const p = (id: number, text: string, label: Paragraph["label"] = secret): Paragraph => ({ id, text, label });
const marked = (...paragraphs: Paragraph[]): Text => ({ is: "marked", paragraphs });
const texts = (all: readonly Paragraph[]) => all.map((x) => x.text);

describe("paragraphsIn", () => {
  test.each([
    ["one line", "one", ["one"]],
    ["nothing", "", [""]],
    ["lines, where no line is empty", "1. a\n2. b", ["1. a", "2. b"]],
    ["paragraphs, which keep their lines", "a\nb\n\nc", ["a\nb", "c"]],
    ["several empty lines, and spaces in them", "a\n \n\n\t\nb\n", ["a", "b"]],
    ["line ends of other systems", "a\r\n\r\nb", ["a", "b"]],
  ])("%s", (_, body, found) => {
    expect(paragraphsIn(body)).toEqual(found);
  });
});

describe("portion marks", () => {
  test("turned on, each paragraph begins with the message's label", () => {
    expect(turnOn({ is: "plain", body: "a\n\nb" }, secret)).toEqual(marked(p(1, "a"), p(2, "b")));
    expect(turnOn({ is: "plain", body: "a" }, null)).toEqual(marked(p(1, "a", null)));
  });

  test("turned off, no text is lost", () => {
    expect(turnOff(marked(p(1, "a"), p(2, "b", restricted)))).toEqual({ is: "plain", body: "a\n\nb" });
  });
});

describe("edits", () => {
  const all = [p(1, "one"), p(2, "two", restricted)];
  const edit = (e: Edit) => edited(all, e);

  test("Enter cuts a paragraph in two of the same mark", () => {
    expect(edit({ does: "break", id: 2, from: 1, to: 1 })).toEqual([
      p(1, "one"),
      p(2, "t", restricted),
      p(3, "wo", restricted),
    ]);
  });

  test("Enter takes the place of what was selected", () => {
    expect(texts(edit({ does: "break", id: 1, from: 0, to: 2 }))).toEqual(["", "e", "two"]);
  });

  test("several pasted paragraphs are several, and the ends join what was there", () => {
    const after = edit({ does: "paste", id: 1, from: 1, to: 2, texts: ["A", "B", "C"] });
    expect(texts(after)).toEqual(["oA", "B", "Ce", "two"]);
    expect(after.map((x) => x.id)).toEqual([1, 3, 4, 2]);
  });

  test("the first paragraph has none to be joined to", () => {
    expect(edit({ does: "join", id: 1 })).toBe(all);
  });

  // RULES 1: a portion's label is never made less restrictive unseen, and the order of labels is partial.
  test.each<[string, Paragraph, Paragraph, Paragraph["label"]]>([
    ["two of one mark keep it", p(1, "a"), p(2, "b"), secret],
    ["two that differ have none, until the person marks it", p(1, "a"), p(2, "b", restricted), null],
    ["an empty one has nothing to protect", p(1, "a", restricted), p(2, "", secret), restricted],
    ["nor has one before it", p(1, "", restricted), p(2, "b", secret), secret],
    ["a mark is not made of none", p(1, "a", null), p(2, "b", secret), null],
  ])("joined: %s", (_, a, b, label) => {
    expect(edited([a, b], { does: "join", id: 2 })).toEqual([{ id: 1, text: a.text + b.text, label }]);
  });

  test("what changes nothing gives the same list, and other paragraphs stay the same objects", () => {
    expect(edit({ does: "type", id: 1, text: "one" })).toBe(all);
    expect(edit({ does: "type", id: 9, text: "x" })).toBe(all);
    expect(edit({ does: "type", id: 1, text: "x" })[1]).toBe(all[1]); // else each key would draw every paragraph
  });
});

describe("undo", () => {
  const all = [p(1, "one"), p(2, "two", restricted), p(3, "three")];
  const before = marked(...all);
  const made = (e: Edit): Text => marked(...edited(all, e));
  const typed = (t: Text, id: number, text: string): Text =>
    t.is === "marked" ? marked(...edited(t.paragraphs, { does: "type", id, text })) : t;

  test.each<[string, Edit]>([
    ["a break", { does: "break", id: 2, from: 1, to: 1 }],
    ["a joining", { does: "join", id: 2 }],
    ["a paste", { does: "paste", id: 1, from: 0, to: 3, texts: ["a", "b"] }],
    ["a mark", { does: "mark", id: 1, label: restricted }],
  ])("of %s brings back what was there, and keeps what was typed elsewhere since", (_, e) => {
    const then = made(e);
    expect(takenBack(before, then, then)).toBe(before);
    const now = typed(then, 3, "three, and more");
    expect(takenBack(before, then, now)).toEqual(marked(p(1, "one"), p(2, "two", restricted), p(3, "three, and more")));
  });

  test("of a break keeps what was typed on both sides of it", () => {
    const then = made({ does: "break", id: 1, from: 1, to: 1 }); // "o", "ne"
    const now = typed(typed(then, 1, "oX"), 4, "neY");
    expect(takenBack(before, then, now)).toEqual(marked(p(1, "oXneY"), p(2, "two", restricted), p(3, "three")));
  });

  test("of a joining cuts where it was joined, wherever something was typed", () => {
    const then = made({ does: "join", id: 2 });
    const pieces = (text: string) => {
      const t = takenBack(before, then, typed(then, 1, text));
      return t.is === "marked" ? texts(t.paragraphs).slice(0, 2) : [];
    };
    expect(pieces("onetwo!")).toEqual(["one", "two!"]);
    expect(pieces("So onetwo")).toEqual(["So one", "two"]);
    expect(pieces("x").join("")).toBe("x"); // whatever it is, nothing of it is lost
  });

  test("of marks turned on keeps what was typed, as a body", () => {
    const plain: Text = { is: "plain", body: "a\nb" };
    const on = turnOn(plain, secret);
    expect(takenBack(plain, on, on)).toBe(plain);
    expect(takenBack(plain, on, typed(on, 2, "bc"))).toEqual({ is: "plain", body: "a\n\nbc" });
  });

  test("of marks turned off gives each its mark again; a paragraph that was changed has none", () => {
    const off = turnOff(before);
    const now: Text = { is: "plain", body: "one\n\ntwo and more\n\nthree" };
    expect(takenBack(before, off, off)).toBe(before);
    expect(takenBack(before, off, now)).toEqual(marked(p(1, "one"), p(2, "two and more", null), p(3, "three")));
  });
});
