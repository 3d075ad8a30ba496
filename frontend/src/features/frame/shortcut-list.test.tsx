import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { stage } from "../../test-stage";
import { ShortcutList } from "./shortcut-list";

const source = (path: string) => readFileSync(resolve(import.meta.dirname, "../..", path), "utf8");

/** keysOf are the keys that a file gives to useShortcuts, as it writes them there. */
function keysOf(path: string): string[] {
  const blocks = [...source(path).matchAll(/useShortcuts\(\{([\s\S]*?)\}\);/g)].map((m) => m[1] ?? "");
  return blocks.flatMap((b) =>
    [...b.matchAll(/(?:^|[\n{,])\s*(?:"([^"]+)"|(\w))\s*:/g)].map((m) => m[1] ?? m[2] ?? ""),
  );
}

/** written is a key as the list shows it. */
const written = (key: string) => key.replace("mod+", "Ctrl ");

function opened(close = () => undefined) {
  stage(<ShortcutList opened close={close} />, { at: "/", path: "/", answers: {} });
  const list = screen.getByRole("dialog", { name: "Keyboard shortcuts" });
  return { list, terms: [...list.querySelectorAll("dt")].map((d) => d.textContent) };
}

describe("the list of keys", () => {
  test.each([
    ["the frame", "features/frame/frame.tsx", 8],
    ["the draft", "features/draft/composer.tsx", 8],
    ["a sent message", "features/sent/answer.tsx", 3],
    ["the inbox", "features/inbox/page.tsx", 2],
    ["a received message", "features/inbox/answer.tsx", 3],
  ])("has every key of %s", (_, path, atLeast) => {
    const keys = keysOf(path);
    expect(keys.length).toBeGreaterThanOrEqual(atLeast);
    const { terms } = opened();
    for (const key of keys) expect(terms, key).toContain(written(key));
  });

  test("has the keys of fields and chips too, which are no shortcuts of a page", () => {
    const { terms } = opened();
    for (const key of ["Ctrl Z", "Ctrl M", "⌫", "← →", "M", "Esc"]) expect(terms).toContain(key);
  });

  test("names each key once, and says in words of its own what it does", () => {
    const { list, terms } = opened();
    const said = [...list.querySelectorAll("dd")].map((d) => d.textContent);
    expect(said).toHaveLength(terms.length);
    expect(new Set(terms).size).toBe(terms.length);
    expect(new Set(said).size).toBe(said.length);
    expect(said).not.toContain("");
  });

  test("shows each key as one, also of a pair", () => {
    const { list } = opened();
    const pair = [...list.querySelectorAll("dt")].find((d) => d.textContent === "g b");
    expect([...(pair?.querySelectorAll("kbd") ?? [])].map((k) => k.textContent)).toEqual(["g", "b"]);
  });

  test("is closed by its button", async () => {
    const close = vi.fn();
    const { list } = opened(close);
    await userEvent.click(within(list).getByRole("button", { name: "Close" }));
    expect(close).toHaveBeenCalledTimes(1);
  });
});
