import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useCallback, useReducer } from "react";
import { describe, expect, test } from "vitest";
import type { Hit, SearchDocument } from "../../../api/types";
import { fakeFound, fakeHit } from "../../../test-fakes";
import { stage } from "../../../test-stage";
import { begin, type Content, contentOf, type Field, reduce } from "../state";
import { RecipientField } from "./field";
import type { Change } from "./lists";
import { noPreview } from "./moving";

const hit = (name: string, more: Partial<Hit> = {}): Hit => {
  const address = `${name.toLowerCase()}@example.test`;
  return fakeHit(name, name, { address, mail: [address], dn: `cn=${name}`, unit: "1 Bde", ...more });
};
const book = ["Novak", "Novotny", "Nowak", "Kowalska", "Berg"].map((n) => hit(n));
const found = (hits: Hit[], more: Partial<SearchDocument> = {}) => fakeFound(hits, { directories: [], ...more });
const beginning = (text: string) => book.filter((h) => h.name.toLowerCase().startsWith(text.toLowerCase()));

/** The field in a draft, as the composer has it. */
function Draft({ first, locked }: { first: Content; locked: boolean }) {
  const [state, dispatch] = useReducer(reduce, first, begin);
  const add = useCallback((field: Field, addresses: string[]) => dispatch({ type: "added", field, addresses }), []);
  const remove = useCallback((addresses: string[]) => dispatch({ type: "removed", addresses }), []);
  const change = useCallback((how: Change) => dispatch({ type: "recipients", change: how }), []);
  const typed = useCallback((field: Field, text: string) => dispatch({ type: "half-typed", field, text }), []);
  return (
    <>
      <RecipientField
        field="action"
        label="To (action)"
        addresses={state.content.action}
        typing={state.content.typing.action}
        report={undefined}
        nameOf={() => undefined}
        others={state.content.info}
        channel="mail"
        selection={state.content.label}
        preview={noPreview}
        locked={locked}
        onAdd={add}
        onRemove={remove}
        onChange={change}
        onTyping={typed}
      />
      <input aria-label="Subject" />
      <output aria-label="info recipients">{state.content.info.join(" ")}</output>
      <output aria-label="recipients">{state.content.action.join(" ")}</output>
      <output aria-label="half typed">{state.content.typing.action}</output>
    </>
  );
}

type Asked = {
  text: string;
  live: boolean;
  all: boolean;
  nation: string | null;
  answer: (a: SearchDocument) => Promise<void>;
};

/** field shows it; what the book is asked waits for the test when `slow`, else it is answered at once. */
function field(first: Partial<Content> = {}, options: { slow?: boolean; locked?: boolean } = {}) {
  const questions: Asked[] = [];
  stage(<Draft first={{ ...contentOf({}), ...first }} locked={options.locked ?? false} />, {
    at: "/",
    path: "/",
    answers: {
      "GET /api/installation": { nation: "GBR", identities: [] },
      "POST /api/book/lookup": [],
      "POST /api/book/used": new Response(null, { status: 204 }),
      "GET /api/book/search": (request: Request) => {
        const query = new URL(request.url).searchParams;
        const text = query.get("text") ?? "";
        return new Promise((resolve) => {
          questions.push({
            text,
            live: query.get("scope") !== "cache",
            all: query.get("scope") === "all",
            nation: query.get("nation"),
            answer: (a) => act(async () => resolve(a)),
          });
          if (!options.slow) resolve(found(beginning(text)));
        });
      },
    },
  });
  const asked = (text: string, live = false) =>
    waitFor(() => {
      const q = questions.find((x) => x.text === text && x.live === live);
      if (!q) throw new Error(`the book was not asked for ${text}`);
      return q;
    });
  return { user: userEvent.setup({ delay: null }), questions, asked };
}

const input = () => screen.getByRole<HTMLInputElement>("combobox", { name: "To (action)" });
const recipients = () => screen.getByLabelText("recipients").textContent.split(" ").filter(Boolean);
const options = () => screen.queryAllByRole("option").map((o) => o.textContent);
/** active is the row that the field names as the one that Enter takes. */
const active = () => document.getElementById(input().getAttribute("aria-activedescendant") ?? "");
const listed = (name: string) => screen.findByRole("option", { name: new RegExp(name) });

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

test("while it is sent, nothing can be typed", () => {
  field({ action: ["a@x.test"] }, { locked: true });
  expect(input().disabled).toBe(true);
});

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
