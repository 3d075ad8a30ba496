import { act, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { announce, takeAllBack, takeHereBack } from "../../components/announce";
import { stage } from "../../test-stage";
import { useLanguage } from "../../words/language";
import { Announcements } from "./announcements";

afterEach(() => act(takeAllBack));

function Page() {
  const { setLanguage } = useLanguage();
  return (
    <>
      <button type="button" onClick={() => setLanguage("fr")}>
        Français
      </button>
      <Announcements />
    </>
  );
}

const shown = () => stage(<Page />, { at: "/", path: "/", answers: {} });
const run = () => undefined;

test("with another language the lines end: they are in words that nobody reads any more", () => {
  shown();
  act(() => announce("Draft deleted"));
  expect(screen.getByText("Draft deleted")).toBeTruthy();
  act(() => screen.getByRole("button", { name: "Français" }).click());
  expect(screen.queryByText("Draft deleted")).toBeNull();
});

test("what is left takes along the lines that would undo something in it, and no others", () => {
  shown();
  act(() => announce("Attachment removed", { text: "Undo", run, isHere: true }));
  act(takeHereBack);
  expect(screen.queryByText("Attachment removed")).toBeNull();
  act(() => announce("A message came in", { text: "Show", run }));
  act(takeHereBack);
  expect(screen.getByText("A message came in")).toBeTruthy();
});
