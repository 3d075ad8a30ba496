import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { active, field, found, hit, input, listed, recipients } from "./field-stage";

describe("keys", () => {
  test("the arrow keys go through the list and stop at its ends", async () => {
    const { user } = field();
    await user.type(input(), "nov");
    await listed("Novak");
    expect(active()?.textContent).toContain("Novak");
    await user.keyboard("{ArrowUp}");
    expect(active()?.textContent).toContain("Novak");
    await user.keyboard("{ArrowDown}");
    expect(active()?.textContent).toContain("Novotny");
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
    expect(active()?.textContent).toBe("Ask all nations’ directories now");
    await user.keyboard("{ArrowUp}{Enter}");
    expect(recipients()).toEqual(["novotny@example.test"]);
  });

  test("Escape closes the list and keeps the text; an arrow key opens it again", async () => {
    const { user } = field();
    await user.type(input(), "nov");
    await listed("Novak");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(input().value).toBe("nov");
    expect(recipients()).toEqual([]);
    await user.keyboard("{ArrowDown}");
    expect((await listed("Novak")).getAttribute("aria-selected")).toBe("true");
  });

  test("Escape is left to others when nothing is open", () => {
    field();
    input().focus();
    expect(fireEvent.keyDown(input(), { key: "Escape" })).toBe(true);
  });

  test("Backspace in an empty field takes out the last, in one with text a letter", async () => {
    const { user } = field({ action: ["a@x.test", "b@x.test"] });
    await user.type(input(), "no{Backspace}");
    expect(recipients()).toEqual(["a@x.test", "b@x.test"]);
    expect(input().value).toBe("n");
    await user.keyboard("{Backspace}");
    expect(recipients()).toEqual(["a@x.test", "b@x.test"]);
    await user.keyboard("{Backspace}");
    expect(recipients()).toEqual(["a@x.test"]);
    await user.keyboard("{Backspace}{Backspace}");
    expect(recipients()).toEqual([]);
  });

  test("ArrowLeft in an empty field goes to the last chip, and Delete there takes it out", async () => {
    const { user } = field({ action: ["a@x.test", "b@x.test"] });
    input().focus();
    await user.keyboard("{ArrowLeft}");
    expect(document.activeElement?.getAttribute("data-chip")).toBe("b@x.test");
    await user.keyboard("{ArrowLeft}");
    expect(document.activeElement?.getAttribute("data-chip")).toBe("a@x.test");
    await user.keyboard("{Delete}");
    expect(recipients()).toEqual(["b@x.test"]);
    expect(document.activeElement?.getAttribute("data-chip")).toBe("b@x.test");
    await user.keyboard("{ArrowRight}");
    expect(document.activeElement).toBe(input());
  });

  test("Tab takes the row that is chosen, Shift-Tab goes on", async () => {
    const { user } = field();
    await user.type(input(), "novo");
    await listed("Novotny");
    await user.tab({ shift: true });
    expect(recipients()).toEqual([]);
    await user.click(input());
    await listed("Novotny");
    await user.tab();
    expect(recipients()).toEqual(["novotny@example.test"]);
    expect(document.activeElement).toBe(input());
    await user.tab();
    expect(document.activeElement).toBe(screen.getByLabelText("Subject"));
  });

  test.each([{ isComposing: true }, { ctrlKey: true }, { altKey: true }])(
    "Enter with %j takes nobody",
    async (held) => {
      const { user } = field();
      await user.type(input(), "nov");
      await listed("Novak");
      fireEvent.keyDown(input(), { key: "Enter", ...held });
      expect(recipients()).toEqual([]);
    },
  );
});

describe("for a screen reader", () => {
  test("the field is a combobox that names its list and its active row", async () => {
    const { user } = field();
    expect(input().getAttribute("aria-autocomplete")).toBe("list");
    expect(input().getAttribute("aria-expanded")).toBe("false");
    expect(input().getAttribute("aria-activedescendant")).toBeNull();
    await user.type(input(), "nov");
    await listed("Novak");
    expect(input().getAttribute("aria-expanded")).toBe("true");
    const list = screen.getByRole("listbox", { name: "Found in the book" });
    expect(list.id).toBe(input().getAttribute("aria-controls"));
    const rows = within(list).getAllByRole("option");
    expect(rows.map((r) => r.getAttribute("aria-selected"))).toEqual(["true", "false", "false"]);
    expect(active()).toBe(rows[0]);
    await user.keyboard("{ArrowDown}");
    expect(active()).toBe(rows[1]);
    expect(rows.map((r) => r.getAttribute("aria-selected"))).toEqual(["false", "true", "false"]);
  });

  test("the chips are a list that says how many, each with its name and outcome; one of them is a tab stop", () => {
    field({ action: ["a@x.test", "b@x.test"] });
    const list = within(screen.getByRole("list", { name: "2 recipients" }));
    const chips = ["a@x.test", "b@x.test"].map((a) =>
      list.getByRole("button", { name: new RegExp(`${a} ?: ?Not checked yet$`) }),
    );
    expect(chips.map((c) => c.tabIndex)).toEqual([-1, 0]);
  });

  test("that there are more, and that nobody was found, is a status", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "n");
    await (await asked("n")).answer(found([hit("Novak")], { more: true }));
    await listed("Novak");
    expect(screen.getByRole("status", { name: "" }).textContent).toContain("There are more");
  });
});
