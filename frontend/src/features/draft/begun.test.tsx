import { screen, waitFor } from "@testing-library/react";
import { useRef } from "react";
import { expect, test, vi } from "vitest";
import { begun, isBegun } from "../../components/begun";
import { stage } from "../../test-stage";
import { useBegun } from "./begun";
import { Saver } from "./saver";
import { type Content, contentOf } from "./state";

const id = "d0123456789abcdef";
const gone = `DELETE /api/drafts/${id}?version=1`;
const answers = { [`DELETE /api/drafts/${id}`]: new Response(null, { status: 204 }) };
const quoted = contentOf({ action: ["bob@ukr.example"], body: "\n> What was written" });

function Page({ saver, content }: { saver: Saver; content: Content }) {
  const work = useRef<HTMLDivElement>(null);
  useBegun(id, saver, content, work);
  return (
    <div ref={work}>
      <input role="combobox" aria-label="To" aria-expanded={false} aria-controls="none" />
      <textarea data-text aria-label="Text" defaultValue="> What was written" />
    </div>
  );
}

function shown(given = quoted) {
  const saver = new Saver(
    async () => ({ version: 2, changed: "2026-11-21T14:05:00Z" }),
    { version: 1, changed: "2026-11-21T14:05:00Z" },
    given,
  );
  return { saver, ...stage(<Page saver={saver} content={given} />, { at: "/", path: "/", answers }) };
}

test("a reply opens with the caret at the beginning of its text, above what is quoted", () => {
  begun(id);
  shown();
  const text = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text" });
  expect(document.activeElement).toBe(text);
  expect([text.selectionStart, text.selectionEnd]).toEqual([0, 0]);
});

test("one to nobody opens at its recipients", () => {
  begun(id);
  shown(contentOf({ body: "> What was written" }));
  expect(document.activeElement).toBe(screen.getByRole("combobox"));
});

test("a draft that no answer began keeps the focus where it is, and stays when it is left", () => {
  const { unmount, asked } = shown();
  expect(document.activeElement).toBe(document.body);
  unmount();
  expect(asked).toEqual([]);
});

test("left untouched, it is thrown away", async () => {
  begun(id);
  const { unmount, asked } = shown();
  unmount();
  await waitFor(() => expect(asked).toEqual([gone]));
  expect(isBegun(id)).toBe(false);
});

test.each<[string, (s: Saver) => unknown]>([
  ["changed and not saved yet", (s) => s.change(contentOf({ body: "typed" }))],
  [
    "changed and saved",
    async (s) => {
      s.change(contentOf({ body: "typed" }));
      await s.flush();
    },
  ],
  ["being sent", (s) => s.hold(true)],
])("%s, it stays", async (_, act) => {
  begun(id);
  const { unmount, asked, saver } = shown();
  await act(saver);
  unmount();
  await vi.waitFor(() => expect(isBegun(id)).toBe(false));
  expect(asked).toEqual([]);
});
