import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { field, input, recipients } from "./field-stage";

describe("many recipients", () => {
  const many = Array.from({ length: 5000 }, (_, i) => `p${i}@x.test`);

  test("are folded: the first and the newest are chips, the others one click away and searchable", async () => {
    const { user } = field({ action: many });
    const chips = () => document.querySelectorAll("[data-chip]");
    expect(chips()).toHaveLength(24);
    expect(screen.getByRole("list", { name: "5000 recipients" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "and 4,976 more" }));
    const all = within(screen.getByRole("region", { name: "5,000 recipients under To (action)" }));
    expect(all.getAllByRole("listitem").length).toBeLessThan(60);
    expect(document.activeElement).toBe(all.getByRole("searchbox", { name: "Find among them" }));
    await user.keyboard("p4321@");
    await waitFor(() => expect(all.getAllByRole("listitem")).toHaveLength(1));
    await user.click(all.getByRole("button", { name: "Remove p4321@x.test" }));
    expect(recipients()).toHaveLength(4999);
    await user.keyboard("{Escape}");
    expect(document.activeElement).toBe(input());
    expect(chips()).toHaveLength(24);
  });

  test("the newest stands beside the field, and Backspace takes it out", async () => {
    const { user } = field({ action: many });
    await user.type(input(), "new@x.test,");
    expect([...document.querySelectorAll<HTMLElement>("[data-chip]")].at(-1)?.dataset.chip).toBe("new@x.test");
    await user.keyboard("{Backspace}");
    expect(recipients().at(-1)).toBe("p4999@x.test");
  });
});

describe("what can be done with a chip", () => {
  const chip = (a: string) => document.querySelector<HTMLElement>(`[data-chip="${a}"]`) as HTMLElement;
  const infos = () => screen.getByLabelText("info recipients").textContent;

  test("M moves it to the other field, and the hand goes on", async () => {
    const { user } = field({ action: ["a@x.test", "b@x.test"] });
    act(() => chip("a@x.test").focus());
    await user.keyboard("m");
    expect(recipients()).toEqual(["b@x.test"]);
    expect(infos()).toBe("a@x.test");
    expect(document.activeElement).toBe(chip("b@x.test"));
  });

  test("Enter opens its menu, from which it can be moved or taken out", async () => {
    const { user } = field({ action: ["a@x.test", "b@x.test"] });
    act(() => chip("a@x.test").focus());
    await user.keyboard("{Enter}");
    const menu = within(await screen.findByRole("menu", { name: "What can be done with a@x.test" }));
    await user.click(menu.getByRole("menuitem", { name: /^Move to Cc/ }));
    expect(infos()).toBe("a@x.test");
    await user.click(chip("b@x.test"));
    await user.click(await screen.findByRole("menuitem", { name: /^Remove/ }));
    expect(recipients()).toEqual([]);
  });

  test("it can be dragged: let go on the other field's place it moves there", () => {
    field({ action: ["a@x.test"] });
    const data = new Map<string, string>();
    const dataTransfer = {
      setData: (k: string, v: string) => data.set(k, v),
      getData: (k: string) => data.get(k) ?? "",
      get types() {
        return [...data.keys()];
      },
    };
    const li = chip("a@x.test").closest("li") as HTMLElement;
    expect(li.getAttribute("draggable")).toBe("true");
    fireEvent.dragStart(li, { dataTransfer });
    const aside = document.querySelector("[class*=aside]") as HTMLElement;
    expect(fireEvent.dragOver(aside, { dataTransfer })).toBe(false); // it may be let go here
    fireEvent.drop(aside, { dataTransfer });
    expect(infos()).toBe("a@x.test");
  });

  test("what is no chip cannot be let go", () => {
    field({ action: ["a@x.test"] });
    const dataTransfer = { types: ["text/plain"], getData: () => "a@x.test" };
    const aside = document.querySelector("[class*=aside]") as HTMLElement;
    expect(fireEvent.dragOver(aside, { dataTransfer })).toBe(true);
    fireEvent.drop(aside, { dataTransfer });
    expect(infos()).toBe("");
  });
});
