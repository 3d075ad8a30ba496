import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { fakeDirectory, fakeHit } from "../../../test-fakes";
import { type Answers, stage } from "../../../test-stage";
import { BrowsePage } from "./page";
import { idOf, placeOf } from "./queries";

const node = (id: number, name: string, nodes: number) => ({
  id,
  directory: "GBR",
  name,
  dn: "",
  nodes,
  entries: 2,
  total: nodes > 0 ? 12 : 2,
});
const query = (r: Request, name: string) => new URL(r.url).searchParams.get(name);

function browse(answers: Answers = {}, at = "/book/browse") {
  const shown = stage(<BrowsePage />, {
    at,
    path: "/book/browse/:id?",
    answers: {
      "GET /api/directories": [fakeDirectory("GBR"), fakeDirectory("UKR")],
      "GET /api/installation": { managed: false, nation: "GBR", roles: [], identities: [] },
      "GET /api/book/tree": (r: Request) =>
        query(r, "node") === null ? [node(1, "Headquarters", 2)] : [node(2, "J2", 0), node(3, "J3", 0)],
      "GET /api/book/tree/entries": (r: Request) =>
        query(r, "offset") === "0"
          ? { hits: [fakeHit("GBR:ann", "Ann Ash")], offset: 0, more: true }
          : { hits: [fakeHit("GBR:bob", "Bob Birch")], offset: 1, more: false },
      ...answers,
    },
  });
  return { user: userEvent.setup(), ...shown };
}

const cursor = () => document.querySelector('[role="treeitem"][aria-selected="true"]')?.textContent;

test("the keyboard alone goes down the tree, into the list, and to an entry", async () => {
  const { user, place } = browse();
  (await screen.findByRole("tree", { name: "Organisations" })).focus();
  await user.keyboard("{ArrowDown}{ArrowUp}{ArrowRight}");
  await screen.findByText("Headquarters");
  await user.keyboard("{ArrowRight}{ArrowRight}");
  await screen.findByText("J3");
  await user.keyboard("j{ }");
  expect(cursor()).toContain("J2");
  await user.keyboard("{ArrowDown}");
  expect(cursor()).toContain("J3");
  await screen.findByText("Ann Ash");
  await screen.findByText("Bob Birch"); // the next part, when the end of the first is in sight
  await user.keyboard("{Enter}{Enter}");
  await waitFor(() => expect(place()).toBe("/book/browse/GBR%3Aann"));
});

test("what is open stays open for who comes back", async () => {
  sessionStorage.setItem("caveat-book-tree", JSON.stringify({ open: ["GBR "], cursor: "GBR " }));
  browse();
  await screen.findByText("Headquarters");
});

test("a directory of which the copy is only a part says so beside the tree and at each number", async () => {
  sessionStorage.setItem("caveat-book-tree", JSON.stringify({ open: ["GBR "], cursor: "GBR 1" }));
  browse({
    "GET /api/directories": [
      fakeDirectory("GBR", { incomplete: true, state: "incomplete", error: "the size limit was exceeded" }),
      fakeDirectory("UKR"),
    ],
  });
  await screen.findByText("The GBR directory was read in part: some of its entries are missing.");
  expect((await screen.findByText("Headquarters")).closest('[role="treeitem"]')?.textContent).toContain("12 or more");
  expect(await screen.findByText(/the copy of GBR is only a part/)).toBeTruthy();
  expect(screen.getByRole("treeitem", { name: /^UKR/ }).textContent).not.toContain("or more");
});

test("directories that were read to the end say nothing", async () => {
  sessionStorage.setItem("caveat-book-tree", JSON.stringify({ open: ["GBR "], cursor: "GBR " }));
  browse();
  await screen.findByText("Headquarters");
  expect(screen.queryByText("There may be more than is shown")).toBeNull();
});

test("a unit in which nobody stands says where they are", async () => {
  sessionStorage.setItem("caveat-book-tree", JSON.stringify({ open: ["GBR "], cursor: "GBR 1" }));
  browse({ "GET /api/book/tree/entries": { hits: [], offset: 0, more: false } });
  await screen.findByRole("heading", { name: "Nobody stands directly here" });
  expect(screen.getByText("Headquarters: 2 here, 12 with all below")).toBeTruthy();
});

test.each([
  ["GBR", undefined],
  ["GBR", 12],
  ["Land Forces East", 3],
])("an id of %s and %s can be taken apart again", (directory, n) => {
  expect(placeOf(idOf(directory, n))).toEqual({ directory, node: n });
});
