import { fireEvent, screen } from "@testing-library/react";
import { useReducer } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { stage } from "../../../test-stage";
import { begin, contentOf, reduce } from "../state";
import { secret } from "../test-reports";
import { Body } from "./body";

// Each paragraph asks once per drawing for the marking of its label: so its drawings are counted.
const drawn = vi.hoisted(() => ({ count: 0 }));
vi.mock("../../../components/label/use-label", () => ({
  useLabel: () => {
    drawn.count++;
    return { data: { marking: "NATO SECRET", portion: "NS" }, isPlaceholderData: false };
  },
}));

function Draft({ n }: { n: number }) {
  const parts = Array.from({ length: n }, (_, i) => ({ text: `Paragraph number ${i + 1}`, label: secret }));
  const [state, dispatch] = useReducer(reduce, contentOf({ parts, label: secret }), begin);
  return <Body text={state.content.text} label={state.content.label} isLocked={false} dispatch={dispatch} />;
}

function show(n: number) {
  stage(<Draft n={n} />, { at: "/", path: "/", answers: {} });
  drawn.count = 0;
}

const paragraph = (n: number) =>
  screen.getByRole<HTMLTextAreaElement>("textbox", { name: `Paragraph ${n}, NATO SECRET` });
const texts = () => screen.getAllByRole<HTMLTextAreaElement>("textbox").map((t) => t.value);

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined;
});

test("a key in one of many paragraphs draws that one alone", () => {
  show(100);
  for (const text of ["P", "Pa", "Par"]) fireEvent.change(paragraph(50), { target: { value: text } });
  expect(drawn.count).toBe(3);
});

test("Enter makes a paragraph, and the hand is in it", () => {
  show(2);
  const first = paragraph(1);
  first.setSelectionRange(9, 9);
  fireEvent.keyDown(first, { key: "Enter" });
  expect(texts()).toEqual(["Paragraph", " number 1", "Paragraph number 2"]);
  expect(document.activeElement).toBe(paragraph(2));
  expect(paragraph(2).selectionStart).toBe(0);
});

test("Shift and Enter begin a line in the same paragraph", () => {
  show(1);
  expect(fireEvent.keyDown(paragraph(1), { key: "Enter", shiftKey: true })).toBe(true); // left to the field
  expect(texts()).toHaveLength(1);
});

test("Backspace at the start joins, and the hand is where they met", () => {
  show(2);
  const second = paragraph(2);
  second.setSelectionRange(0, 0);
  fireEvent.keyDown(second, { key: "Backspace" });
  expect(texts()).toEqual(["Paragraph number 1Paragraph number 2"]);
  expect(paragraph(1).selectionStart).toBe("Paragraph number 1".length);
});

test("Backspace at another place, or with something selected, is the field's own", () => {
  show(2);
  const second = paragraph(2);
  for (const [from, to] of [
    [1, 1],
    [0, 3],
  ] as const) {
    second.setSelectionRange(from, to);
    expect(fireEvent.keyDown(second, { key: "Backspace" })).toBe(true);
  }
  expect(texts()).toHaveLength(2);
});

test("pasted paragraphs come where the hand is, and it is behind them", () => {
  show(1);
  const first = paragraph(1);
  first.setSelectionRange(0, 0);
  fireEvent.paste(first, { clipboardData: { getData: () => "A\n\nB" } });
  expect(texts()).toEqual(["A", "BParagraph number 1"]);
  expect(document.activeElement).toBe(paragraph(2));
  expect(paragraph(2).selectionStart).toBe(1);
});

test("one pasted line is the field's own", () => {
  show(1);
  expect(fireEvent.paste(paragraph(1), { clipboardData: { getData: () => "A" } })).toBe(true);
});

test("arrow keys go on from the end of one to the next, and back", () => {
  show(2);
  const first = paragraph(1);
  first.focus();
  first.setSelectionRange(first.value.length, first.value.length);
  fireEvent.keyDown(first, { key: "ArrowDown" });
  expect(document.activeElement).toBe(paragraph(2));
  paragraph(2).setSelectionRange(0, 0);
  fireEvent.keyDown(paragraph(2), { key: "ArrowUp" });
  expect(document.activeElement).toBe(paragraph(1));
});
