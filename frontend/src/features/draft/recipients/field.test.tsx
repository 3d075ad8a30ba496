import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { active, beginning, field, found, hit, input, listed, options, recipients } from "./field-stage";

describe("typing", () => {
  test("lists who may be meant, and Enter takes the first", async () => {
    const { user } = field();
    await user.type(input(), "nov");
    await listed("Novak");
    expect(options()).toEqual([
      expect.stringContaining("Novak"),
      expect.stringContaining("Novotny"),
      "Ask all nations’ directories now",
    ]);
    await user.keyboard("{Enter}");
    expect(recipients()).toEqual(["novak@example.test"]);
    expect(input().value).toBe("");
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(document.activeElement).toBe(input());
  });

  test("does not list who was chosen already, nor who has no address", async () => {
    const { user, asked } = field({ action: ["NOVAK@example.test"] }, { slow: true });
    await user.type(input(), "nov");
    await (await asked("nov")).answer(found([...beginning("nov"), hit("Novy", { address: "", mail: [] })]));
    await listed("Novotny");
    expect(options()).toHaveLength(2);
    expect(options()[0]).toContain("Novotny");
  });

  test("an address that the book does not know can be taken as it is", async () => {
    const { user } = field();
    await user.type(input(), "someone@x.test");
    await listed("Use the address someone@x.test");
    await user.keyboard("{Enter}");
    expect(recipients()).toEqual(["someone@x.test"]);
  });

  test.each([",", ";"])("%s ends an address", async (key) => {
    const { user } = field();
    await user.type(input(), `someone@x.test${key}`);
    expect(recipients()).toEqual(["someone@x.test"]);
    expect(input().value).toBe("");
  });

  test.each([",", ";"])("%s in a name is text", async (key) => {
    const { user } = field();
    await user.type(input(), `Novak${key} J`);
    expect(recipients()).toEqual([]);
    expect(input().value).toBe(`Novak${key} J`);
  });

  test("a click on a row takes it, and the field keeps the focus", async () => {
    const { user } = field();
    await user.type(input(), "nov");
    await user.click(await listed("Novotny"));
    expect(recipients()).toEqual(["novotny@example.test"]);
    expect(document.activeElement).toBe(input());
  });

  test("finds the user's own groups: one stands for its members", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "nig");
    const group = { id: "g", name: "Night shift", addresses: ["ann@gbr.example", "bo@ukr.example"] };
    await (await asked("nig")).answer(found([], { groups: [group] }));
    await user.click(await screen.findByRole("option", { name: "Your group Night shift: 2 recipients" }));
    expect(recipients()).toEqual(["ann@gbr.example", "bo@ukr.example"]);
  });

  test("says of whom it offers that he is not in use, and what tells him from another", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "nov");
    const two = [hit("Novak", { disabled: true }), hit("Novotny", { lookalike: "J6, 2 Bde" })];
    await (await asked("nov")).answer(found(two));
    expect(await screen.findByText("not in use, 1 Bde")).toBeTruthy();
    expect(screen.getByText("J6, 2 Bde")).toBeTruthy();
  });

  test("asks partners only when told to (RULES 22)", async () => {
    const { user, questions, asked } = field({}, { slow: true });
    await user.type(input(), "zz");
    await (await asked("zz")).answer(found([]));
    const own = await asked("zz", true); // after a pause: those that may be asked while somebody types
    expect(questions.filter((q) => q.all)).toEqual([]);
    await own.answer(found([]));
    await user.keyboard("{Enter}"); // nothing but asking is left to choose
    await waitFor(() => expect(questions.filter((q) => q.all)).toHaveLength(1));
  });

  test("what a directory adds later stands below, and the chosen row does not move", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "no");
    await (await asked("no")).answer(found([hit("Novak"), hit("Novotny")]));
    await listed("Novotny");
    await user.keyboard("{ArrowDown}");
    expect(active()?.textContent).toContain("Novotny");
    await (await asked("no", true)).answer(found([hit("Noack"), hit("Novak")]));
    await listed("Noack");
    expect(options().slice(0, 3)).toEqual([
      expect.stringContaining("Novak"),
      expect.stringContaining("Novotny"),
      expect.stringContaining("Just read from the directory"),
    ]);
    expect(active()?.textContent).toContain("Novotny");
  });
});

describe("Enter before the book has answered", () => {
  test("takes what the new text finds, not what is still listed for the old one", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "nov");
    await (await asked("nov")).answer(found([hit("Novak"), hit("Novotny")]));
    await listed("Novak");
    await user.type(input(), "o");
    expect(options()[0]).toContain("Novak"); // of “nov”
    await user.keyboard("{Enter}");
    expect(recipients()).toEqual([]);
    await (await asked("novo")).answer(found([hit("Novotny")]));
    await waitFor(() => expect(recipients()).toEqual(["novotny@example.test"]));
    expect(input().value).toBe("");
  });

  test("still does when the hand has gone on to the next field, and does not fetch it back", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "novo{Enter}");
    await user.click(screen.getByLabelText("Subject"));
    await (await asked("novo")).answer(found([hit("Novotny")]));
    await waitFor(() => expect(recipients()).toEqual(["novotny@example.test"]));
    expect(document.activeElement).toBe(screen.getByLabelText("Subject"));
  });

  test("takes nothing when typing went on", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "novo{Enter}x");
    await (await asked("novo")).answer(found([hit("Novotny")]));
    await (await asked("novox")).answer(found([hit("Novox")]));
    await listed("Novox");
    expect(recipients()).toEqual([]);
    expect(input().value).toBe("novox");
  });

  test("takes nobody when nobody is found: the text stays", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "xyz{Enter}");
    await (await asked("xyz")).answer(found([]));
    await screen.findByText("Nothing in the book begins like this.");
    expect(recipients()).toEqual([]);
    expect(input().value).toBe("xyz");
  });

  test("takes the row that the arrow keys chose, at once", async () => {
    const { user, asked } = field({}, { slow: true });
    await user.type(input(), "nov");
    await (await asked("nov")).answer(found([hit("Novak"), hit("Novotny")]));
    await listed("Novak");
    await user.type(input(), "o");
    await user.keyboard("{ArrowDown}{Enter}");
    expect(recipients()).toEqual(["novotny@example.test"]);
  });
});

test("while it is sent, nothing can be typed", () => {
  field({ action: ["a@x.test"] }, { locked: true });
  expect(input().disabled).toBe(true);
});

describe("completion for a label", () => {
  const label = { policy: "NATO", classification: "SECRET" };
  const receive = (more: object) => ({ outcome: "cleared", route: "cleared", members: false, reasons: [], ...more });

  test("says of each whether it may get it, and what is missing", async () => {
    const { user, asked } = field({ label }, { slow: true });
    await user.type(input(), "no");
    const lacking = receive({ outcome: "not-cleared", reasons: ["Needs ATOMAL.", "The link DEU does not carry it."] });
    await (await asked("no")).answer(
      found([
        hit("Novak", { receive: lacking as never }),
        hit("Novotny", { receive: receive({}) as never }),
        hit("Nolist", { kind: "list", receive: receive({ members: true }) as never }),
      ]),
    );
    const row = await listed("Novak");
    expect(row.textContent).toContain("not cleared for this label: needs ATOMAL; the link DEU does not carry it");
    expect((await listed("Novotny")).textContent).toContain("Cleared");
    expect((await listed("Nolist")).textContent).toContain("whoever is behind it is checked too");
    expect((await listed("Nolist")).textContent).not.toContain("Cleared");
  });
});
