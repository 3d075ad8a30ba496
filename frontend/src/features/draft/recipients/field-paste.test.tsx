import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import type { Content } from "../state";
import { field, input, listed, recipients } from "./field-stage";

describe("pasting", () => {
  async function paste(text: string, first: Partial<Content> = {}) {
    const { user } = field(first);
    input().focus();
    await user.paste(text);
    return user;
  }

  test("many addresses at once makes each a recipient, those who are there already but once", async () => {
    await paste('"Novak, Jan" <novak@example.test>; berg@example.test,A@X.test\nKOWALSKA@example.test', {
      action: ["a@x.test"],
    });
    expect(recipients()).toEqual(["a@x.test", "novak@example.test", "berg@example.test", "KOWALSKA@example.test"]);
    expect(input().value).toBe("");
  });

  test("says what of it was no address, until something is typed", async () => {
    const user = await paste("a@x.test; Novak; b@x.test; @");
    expect(recipients()).toEqual(["a@x.test", "b@x.test"]);
    expect(screen.getByText("Not an address: Novak, @")).toBeDefined();
    await user.type(input(), "n");
    expect(screen.queryByText(/Not an address/)).toBeNull();
  });

  test("one address makes it a recipient", async () => {
    await paste("Jan Novak <novak@example.test>");
    expect(recipients()).toEqual(["novak@example.test"]);
  });

  test.each(["Novak", "Novak, Jan <novak@example.test>"])("“%s” is text to search with", async (text) => {
    await paste(text);
    expect(recipients()).toEqual([]);
    expect(input().value).toBe(text);
  });
});

describe("half a text", () => {
  test("stays in the draft and in the field when the field is left", async () => {
    const { user } = field();
    await user.type(input(), "nov");
    await listed("Novak");
    await user.click(screen.getByLabelText("Subject"));
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(input().value).toBe("nov");
    expect(recipients()).toEqual([]);
    expect(screen.getByLabelText("half typed").textContent).toBe("nov");
    await user.click(input());
    await listed("Novak");
  });

  test("is there again when the draft is opened, without a list in the way", () => {
    field({ typing: { action: "nov", info: "" } });
    expect(input().value).toBe("nov");
    expect(screen.queryByRole("listbox")).toBeNull();
  });

  test("that is an address is taken when the field is left", async () => {
    const { user } = field();
    await user.type(input(), "someone@x.test");
    await user.click(screen.getByLabelText("Subject"));
    expect(recipients()).toEqual(["someone@x.test"]);
    expect(input().value).toBe("");
    expect(screen.getByLabelText("half typed").textContent).toBe("");
  });
});

test("of what is pasted, those who are there already are told, until something is typed", async () => {
  const { user } = field({ action: ["a@x.test"], info: ["i@x.test"] });
  input().focus();
  await user.paste("A@x.test; b@x.test, i@x.test\nb@x.test");
  expect(recipients()).toEqual(["a@x.test", "b@x.test"]);
  const told = "3 were already there, not added again: A@x.test, i@x.test, b@x.test";
  expect(screen.getByText(told).getAttribute("role")).toBe("status");
  await user.type(input(), "x");
  expect(screen.queryByText(told)).toBeNull();
});
