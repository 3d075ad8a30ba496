import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ReceiveCounts } from "../../../api/types";
import { fakeFound, fakeHit, fakeSearched } from "../../../test-fakes";
import { type Answers, problem, stage } from "../../../test-stage";
import { ReceivePage } from "./page";
import { partsOf } from "./queries";

const label = { policy: "NATO", classification: "SECRET", categories: {} };
const counts = (more: Partial<ReceiveCounts> = {}): ReceiveCounts => ({
  people: 100,
  may: 60,
  cleared: 70,
  stale: 5,
  notCleared: 20,
  withdrawn: 0,
  unknown: 4,
  error: 1,
  noRoute: 10,
  shared: 0,
  ...more,
});
const answer = {
  marking: "NATO SECRET",
  foreground: "",
  background: "",
  channel: "mail",
  at: "2026-11-21T14:05:00Z",
  people: counts(),
  groups: { lists: 2, roles: 3, rooms: 0 },
  nations: [
    { nation: "GBR", counts: counts(), groups: { lists: 2, roles: 3, rooms: 0 }, routes: [] },
    {
      nation: "DEU",
      counts: counts({ may: 0, noRoute: 75 }),
      groups: { lists: 0, roles: 0, rooms: 0 },
      routes: [{ domain: "deu.example", people: 100, outcome: "not-cleared", reasons: ["It carries no SECRET."] }],
    },
  ],
  units: [],
  unseen: 0,
  directories: [fakeSearched("GBR")],
  incomplete: false,
};

function receive(answers: Answers, chosen: object | null = label) {
  if (chosen) sessionStorage.setItem("caveat-book-receive", JSON.stringify({ label: chosen }));
  const shown = stage(<ReceivePage />, {
    at: "/book/receive",
    path: "/book/receive/:id?",
    answers: {
      "GET /api/installation": { managed: false, nation: "GBR", roles: [], identities: [] },
      "GET /api/drafts": [],
      "GET /api/shell": { window: false },
      "POST /api/label": { marking: "NATO SECRET", permitted: true, valid: true, problems: [], refusals: [] },
      "POST /api/book/receive": answer,
      "GET /api/book/search": fakeFound([fakeHit("GBR:ann", "Ann Ash")]),
      ...answers,
    },
  });
  return { user: userEvent.setup(), ...shown };
}

test("each person stands in one part, and the parts add up", () => {
  const parts = partsOf(counts());
  expect(parts).toEqual({ may: 60, stale: 5, noRoute: 10, unknown: 4, error: 1, withdrawn: 0, notCleared: 20 });
  expect(Object.values(parts).reduce((a, b) => a + b)).toBe(100);
});

test("whose clearance was withdrawn has a column of his own, and is no longer among those who may not", async () => {
  const withdrawn = counts({ withdrawn: 7 });
  expect(partsOf(withdrawn)).toMatchObject({ withdrawn: 7, notCleared: 13, unknown: 4 });
  const nations = answer.nations.map((x) => ({ ...x, counts: withdrawn }));
  receive({ "POST /api/book/receive": { ...answer, nations, people: withdrawn } });
  await screen.findByRole("columnheader", { name: "Withdrawn" });
  expect(
    screen.getAllByRole("img", { name: /7 people whose clearance was withdrawn, 13 people may not/ }),
  ).toBeTruthy();
});

test("a column in which nobody is takes no room", async () => {
  receive({});
  await screen.findByRole("columnheader", { name: "May not" });
  expect(screen.queryByRole("columnheader", { name: "Withdrawn" })).toBeNull();
});

test("who was not looked at one by one is said, for more may receive it than are counted", async () => {
  receive({ "POST /api/book/receive": { ...answer, unseen: 12_000 } });
  await screen.findByText(/More may receive it than are counted: the copy of 12,000 people/);
});

test("without a label the page teaches to choose one", async () => {
  receive({}, null);
  await screen.findByRole("heading", { name: "Who may receive this label?" });
});

test("nations are counted under the marking, in numbers and bars that words say too", async () => {
  receive({});
  await screen.findByText("60 of 100 people may receive this");
  expect(screen.getByRole("note", { name: "Marking that is asked about: NATO SECRET" })).toBeTruthy();
  const row = within(await screen.findByRole("row", { name: /GBR/ }));
  expect(
    row.getByRole("img", { name: /60 people may, 5 people read too long ago, 10 people without a route/ }),
  ).toBeTruthy();
  expect(screen.getByText(/no way to deu.example: It carries no SECRET/)).toBeTruthy();
});

test("one goes down to a unit and those in it who may, and up again", async () => {
  const units = [{ unit: "J3", counts: counts({ people: 8, may: 2 }) }];
  const { user, asked } = receive({
    "POST /api/book/receive": async (r: Request) => ((await r.json()).nation ? { ...answer, units } : answer),
  });
  await user.click(await screen.findByText("GBR", { selector: '[role="gridcell"] *' }));
  await user.click(await screen.findByText("J3", { selector: '[role="gridcell"] *' }));
  await screen.findByText("Ann Ash");
  const list = asked.find((a) => a.includes("organisation=J3"));
  expect(list).toContain("nation=GBR");
  expect(list).toContain(`receive=${encodeURIComponent(JSON.stringify(label)).replaceAll("%20", "+")}`);
  await user.click(screen.getByRole("button", { name: "All nations" }));
  await screen.findByText(/no way to deu.example/);
});

test("a label above the asker's own clearance is not answered, and that is no fault (RULES 19)", async () => {
  receive({ "POST /api/book/receive": problem(403, "user-own-clearance") });
  await screen.findByRole("heading", { name: "Your own clearance does not permit this label" });
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

test("why not is answered for one person, with what is missing", async () => {
  const { user } = receive({
    "POST /api/book/receive/why": {
      marking: "",
      foreground: "",
      background: "",
      address: "ann@gbr.example",
      name: "Ann Ash",
      kind: "person",
      nation: "GBR",
      may: false,
      verdict: { outcome: "not-cleared", reasons: ["It needs ATOMAL."], readAt: null },
      route: { outcome: "cleared", reasons: [], readAt: null },
      members: [],
    },
  });
  await user.type(await screen.findByRole("combobox", { name: "A person, or an address" }), "ann@gbr.example");
  await user.click(screen.getByRole("button", { name: "Ask about this address" }));
  await screen.findByText("Ann Ash may not receive it.");
  expect(screen.getByText(/It needs ATOMAL\./)).toBeTruthy();
});

test("a drafter may not save the counts", async () => {
  receive({});
  await screen.findByText("60 of 100 people may receive this");
  expect(screen.queryByRole("button", { name: /Save as a table/ })).toBeNull();
});

test.each(["administrator", "auditor"])("an %s saves them, in the window by its dialog", async (role) => {
  const { user, asked } = receive({
    "GET /api/installation": { managed: false, nation: "GBR", roles: [role], identities: [] },
    "GET /api/shell": { window: true },
    "POST /api/shell/save": { path: "/home/x/who.csv" },
  });
  await user.click(await screen.findByRole("button", { name: /Save as a table/ }));
  await waitFor(() => expect(asked).toContain("POST /api/shell/save"));
});
