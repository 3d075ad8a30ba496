import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useCallback, useReducer } from "react";
import type { Hit, SearchDocument } from "../../../api/types";
import { fakeFound, fakeHit } from "../../../test-fakes";
import { stage } from "../../../test-stage";
import { begin, type Content, contentOf, type Field, reduce } from "../state";
import { RecipientField } from "./field";
import type { Change } from "./lists";
import { noPreview } from "./moving";

export const hit = (name: string, more: Partial<Hit> = {}): Hit => {
  const address = `${name.toLowerCase()}@example.test`;
  return fakeHit(name, name, { address, mail: [address], dn: `cn=${name}`, unit: "1 Bde", ...more });
};
export const book = ["Novak", "Novotny", "Nowak", "Kowalska", "Berg"].map((n) => hit(n));
export const found = (hits: Hit[], more: Partial<SearchDocument> = {}) => fakeFound(hits, { directories: [], ...more });
export const beginning = (text: string) => book.filter((h) => h.name.toLowerCase().startsWith(text.toLowerCase()));

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
export function field(first: Partial<Content> = {}, options: { slow?: boolean; locked?: boolean } = {}) {
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

export const input = () => screen.getByRole<HTMLInputElement>("combobox", { name: "To (action)" });
export const recipients = () => screen.getByLabelText("recipients").textContent.split(" ").filter(Boolean);
export const options = () => screen.queryAllByRole("option").map((o) => o.textContent);
/** active is the row that the field names as the one that Enter takes. */
export const active = () => document.getElementById(input().getAttribute("aria-activedescendant") ?? "");
export const listed = (name: string) => screen.findByRole("option", { name: new RegExp(name) });
