import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Answers, problem, stage } from "../../../test-stage";
import { NationsPage } from "./page";

const policy = {
  name: "NATO",
  id: "1",
  version: 1,
  sha256: "x",
  governing: true,
  notAfter: null,
  mode: "membership",
  required: [],
  classifications: [
    { name: "SECRET", phrase: "SECRET", obsolete: false, hierarchy: 4, foreground: "", background: "" },
    { name: "RESTRICTED", phrase: "RESTRICTED", obsolete: false, hierarchy: 2, foreground: "", background: "" },
  ],
  tagSets: [
    {
      name: "Context",
      tags: [{ type: "PERMISSIVE", max: -1, values: [{ name: "MROD", phrase: "MROD", obsolete: false }] }],
    },
  ],
};

function nations(answers: Answers, roles = ["administrator"]) {
  const bodies: unknown[] = [];
  const shown = stage(<NationsPage />, {
    at: "/admin/nations",
    path: "/admin/nations",
    answers: {
      "GET /api/installation": { managed: false, nation: "GBR", roles, identities: [] },
      "GET /api/policies": [policy],
      "GET /api/nations": [
        {
          nation: "GBR",
          own: true,
          domains: [{ domain: "gbr.example", channel: "mail", directory: "GBR", route: { nation: "GBR", own: true } }],
          warnings: [],
        },
        {
          nation: "POL",
          own: false,
          domains: [{ domain: "pol.example", channel: "mail", directory: "POL" }],
          warnings: ["No route leads to pol.example by mail: nothing can be sent there."],
        },
      ],
      "PUT /api/routes/mail/pol.example": async (r: Request) => {
        bodies.push(await r.json());
        return { name: "mail pol.example", path: "/x", warnings: [] };
      },
      ...answers,
    },
  });
  return { user: userEvent.setup(), bodies, ...shown };
}

test("a nation says what is missing, and a route is made with the clearance of its peer", async () => {
  const { user, bodies } = nations({});
  await screen.findByText(/No route leads to pol.example by mail/);
  await user.click(screen.getByRole("button", { name: "Make the route to pol.example by Mail" }));
  const form = within(screen.getByRole("form", { name: "Route to pol.example" }));
  expect(form.getByText(/it holds POL alone/)).toBeTruthy();
  await user.type(form.getByRole("textbox", { name: "Name of the link" }), "POL gateway");
  await user.selectOptions(form.getByRole("combobox", { name: "Up to" }), "SECRET");
  await user.click(form.getByRole("checkbox", { name: "MROD" }));
  await user.click(form.getByRole("button", { name: "Save the route to pol.example" }));
  await waitFor(() => expect(screen.queryByRole("form")).toBeNull());
  expect(bodies).toEqual([
    {
      nation: "POL",
      links: [
        { name: "POL gateway", clearance: { policy: "NATO", upTo: "SECRET", categories: { Context: ["MROD"] } } },
      ],
    },
  ]);
});

test("a route that the rules refuse stays as it was, and says why", async () => {
  const { user } = nations({ "PUT /api/routes/mail/pol.example": problem(422, "user-installation") });
  await user.click(await screen.findByRole("button", { name: "Make the route to pol.example by Mail" }));
  await user.type(screen.getByRole("textbox", { name: "Name of the link" }), "x");
  await user.click(screen.getByRole("button", { name: "Save the route to pol.example" }));
  await screen.findByRole("alert");
  expect(screen.getByRole("form", { name: "Route to pol.example" })).toBeTruthy();
});

test("an auditor reads, and changes nothing", async () => {
  nations({}, ["auditor"]);
  await screen.findByRole("row", { name: /pol\.example/ });
  expect(screen.queryByRole("button", { name: /route/ })).toBeNull();
});

test("a drafter is not told what links are cleared for (RULES 19)", async () => {
  const { asked } = nations({}, ["drafter"]);
  await screen.findByText(/Only administrators and auditors/);
  expect(asked).not.toContain("GET /api/nations");
});
