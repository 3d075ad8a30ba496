import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Shortcuts, useShortcuts } from "./shortcuts";

const did = vi.fn<(what: string) => void>();
const all = ["c", "/", "?", "b", "g b", "g s", "mod+Enter"];

function Page({ keys = all, as = "" }: { keys?: string[]; as?: string }) {
  useShortcuts(Object.fromEntries(keys.map((k) => [k, () => did(as + k)])) satisfies Shortcuts);
  return (
    <>
      <input aria-label="field" />
      <textarea aria-label="text" />
      <select aria-label="choice" />
      <div contentEditable suppressContentEditableWarning data-testid="editable" />
      <button type="button">Button</button>
    </>
  );
}

let now = 0;

/** press presses a key where the focus is; false: what the browser would have done with it was prevented. */
function press(key: string, more: KeyboardEventInit = {}, at: Element = document.activeElement ?? document.body) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  Object.defineProperty(event, "timeStamp", { value: now });
  return fireEvent(at, event);
}

beforeEach(() => {
  did.mockReset();
  now += 60_000;
});

afterEach(cleanup);

describe("a key alone", () => {
  test("does what belongs to it, and nothing else", () => {
    render(<Page />);
    expect(press("c")).toBe(false);
    expect(did.mock.calls).toEqual([["c"]]);
  });

  test("that nothing belongs to is left to the browser", () => {
    render(<Page />);
    expect(press("x")).toBe(true);
    expect(press("C", { shiftKey: true })).toBe(true);
    expect(did).not.toHaveBeenCalled();
  });

  test("is told by what it writes, whatever is held for it", () => {
    render(<Page />);
    press("?", { shiftKey: true });
    press("/", { shiftKey: true }); // Shift and 7 on a German keyboard
    expect(did.mock.calls).toEqual([["?"], ["/"]]);
  });

  test("works from a button too", () => {
    const { getByRole } = render(<Page />);
    getByRole("button").focus();
    press("c");
    expect(did).toHaveBeenCalledTimes(1);
  });

  test("is left alone with Alt, while a letter is composed, and when somebody took it already", () => {
    render(<Page />);
    press("c", { altKey: true });
    press("c", { isComposing: true });
    document.body.addEventListener("keydown", (e) => e.preventDefault(), { once: true });
    press("c");
    expect(did).not.toHaveBeenCalled();
  });
});

describe("with mod", () => {
  test.each([{ ctrlKey: true }, { metaKey: true }])("%j counts", (held) => {
    render(<Page />);
    expect(press("Enter", held)).toBe(false);
    expect(did.mock.calls).toEqual([["mod+Enter"]]);
  });

  test("a plain key is another one", () => {
    render(<Page />);
    expect(press("c", { ctrlKey: true })).toBe(true); // it copies
    expect(press("Enter")).toBe(true);
    expect(did).not.toHaveBeenCalled();
  });
});

describe("two keys in a row", () => {
  test("do what belongs to both", () => {
    render(<Page />);
    press("g");
    expect(did).not.toHaveBeenCalled();
    press("b");
    expect(did.mock.calls).toEqual([["g b"]]);
  });

  test("count within a second", () => {
    render(<Page />);
    press("g");
    now += 999;
    press("s");
    expect(did.mock.calls).toEqual([["g s"]]);
    press("g");
    now += 1000;
    press("s");
    expect(did).toHaveBeenCalledTimes(1);
  });

  test("are two others when one comes between", () => {
    render(<Page />);
    press("g");
    press("x");
    press("b");
    expect(did.mock.calls).toEqual([["b"]]);
  });

  test("do not count when the first was typed into a field", () => {
    const { getByLabelText, getByRole } = render(<Page />);
    getByLabelText("field").focus();
    press("g");
    getByRole("button").focus();
    press("s");
    expect(did).not.toHaveBeenCalled();
  });
});

describe("while somebody types", () => {
  test.each(["field", "text", "choice"])("in a %s, plain keys are text, and those with mod are not", (label) => {
    const { getByLabelText } = render(<Page />);
    getByLabelText(label).focus();
    expect(press("c")).toBe(true);
    press("/");
    press("g");
    press("b");
    expect(did).not.toHaveBeenCalled();
    press("Enter", { ctrlKey: true });
    expect(did.mock.calls).toEqual([["mod+Enter"]]);
  });

  test("in an editable element too", () => {
    const { getByTestId } = render(<Page />);
    const editable = getByTestId("editable");
    Object.defineProperty(editable, "isContentEditable", { value: true }); // happy-dom does not tell
    press("c", {}, editable);
    expect(did).not.toHaveBeenCalled();
  });
});

describe("under a dialog", () => {
  test.each([
    ["a modal dialog", <div key="d" role="dialog" aria-modal="true" />],
    ["the block at Send", <div key="d" role="alertdialog" />],
  ])("%s: no key reaches the page below, with mod or without", (_, dialog) => {
    render(
      <>
        <Page />
        {dialog}
      </>,
    );
    expect(press("c")).toBe(true);
    press("g");
    press("b");
    press("Enter", { ctrlKey: true });
    expect(did).not.toHaveBeenCalled();
  });

  test("one that is not modal leaves the keys alone", () => {
    render(
      <>
        <Page />
        <div role="dialog" />
      </>,
    );
    press("c");
    expect(did).toHaveBeenCalledTimes(1);
  });
});

describe("over time", () => {
  test("it is what the page says now that is done", () => {
    const { rerender } = render(<Page as="old " />);
    rerender(<Page as="new " />);
    press("c");
    expect(did.mock.calls).toEqual([["new c"]]);
  });

  test("the first of two keys is kept while the page is drawn anew", () => {
    const { rerender } = render(<Page />);
    press("g");
    rerender(<Page as="new " />);
    press("b");
    expect(did.mock.calls).toEqual([["new g b"]]);
  });

  test("nothing is done any more when it is no longer shown", () => {
    const { unmount } = render(<Page />);
    unmount();
    expect(press("c")).toBe(true);
    expect(did).not.toHaveBeenCalled();
  });
});
