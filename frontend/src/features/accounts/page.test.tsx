import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Answers, problem, stage } from "../../test-stage";
import { AccountsPage } from "./page";

const settings = { name: "gbr", kind: "smtp", address: "mail.gbr.example:587", security: "starttls" };

function accounts(answers: Answers, at = "/admin/accounts") {
  return stage(<AccountsPage />, {
    at,
    path: "/admin/accounts/:id?",
    answers: {
      "GET /api/installation": { managed: false, nation: "GBR", roles: ["administrator"], identities: [] },
      "GET /api/accounts": { managed: false, path: "/data/installation.toml", accounts: [], cas: [] },
      "GET /api/identities": [],
      "GET /api/default-labels": [],
      "GET /api/policies": [],
      ...answers,
    },
  });
}

test("without an account the page teaches the first step", async () => {
  accounts({});
  await screen.findByRole("heading", { name: "There is no account yet" });
  expect(screen.getByRole("button", { name: "Add a submission account" })).toBeTruthy();
});

test("who is no administrator is told so, and nothing is asked for", async () => {
  const { asked } = accounts({
    "GET /api/installation": { managed: false, nation: "GBR", roles: ["drafter"], identities: [] },
  });
  await screen.findByRole("heading", { name: "Accounts are for administrators" });
  expect(asked).not.toContain("GET /api/accounts");
});

test("a centrally managed installation is shown, says where it is changed, and cannot be", async () => {
  const account = { settings, login: "auto", password: "stored", key: "none", certificate: null, uses: [], waiting: 0 };
  accounts(
    {
      "GET /api/accounts": { managed: true, path: "/etc/caveat/installation.toml", accounts: [account], cas: ["gbr"] },
    },
    "/admin/accounts/a.gbr",
  );
  await screen.findByText("/etc/caveat/installation.toml");
  await screen.findByRole("button", { name: "Test" });
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Remove gbr" })).toBeNull();
  expect(
    screen.getByRole<HTMLInputElement>("textbox", { name: "Address of the server" }).closest("fieldset:disabled"),
  ).not.toBeNull();
});

test("where it is centrally managed nothing is added by address either", async () => {
  const answers = { "GET /api/accounts": { managed: true, path: "/etc/caveat/i.toml", accounts: [], cas: [] } };
  accounts(answers, "/admin/accounts/new.smtp");
  await screen.findByRole("heading", { name: "Nothing is added here" });
  expect(screen.queryByRole("textbox")).toBeNull();
});

const stored = { login: "auto", password: "missing", key: "none", certificate: null, uses: [], waiting: 0 };
const listed = (more: object) => ({
  managed: false,
  path: "/data/installation.toml",
  accounts: [{ ...stored, settings: { ...settings, revision: "r1" }, ...more }],
  cas: [],
});
const conflict = "Somebody has changed this meanwhile";

test("an account that somebody changed meanwhile is not overwritten, and what was typed stays", async () => {
  const user = userEvent.setup();
  const revisions: string[] = [];
  let now = listed({});
  const { asked } = accounts(
    {
      "GET /api/accounts": () => now,
      "PUT /api/accounts/gbr": async (r: Request) => {
        revisions.push((await r.json()).revision);
        return problem(409, "user-settings-changed");
      },
      "DELETE /api/accounts/gbr": problem(409, "user-settings-changed"),
    },
    "/admin/accounts/a.gbr",
  );
  const address = await screen.findByRole<HTMLInputElement>("textbox", { name: "Address of the server" });
  await user.clear(address);
  await user.type(address, "mail2.gbr.example:587");
  now = listed({ password: "stored", settings: { ...settings, user: "duty", revision: "r2" } });
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText(conflict);
  expect(screen.getByText(/Nothing was changed\. Close this, look at it as it is now/)).toBeTruthy();
  await screen.findByText("Stored. Left empty, it stays; it is never shown."); // the list was read anew
  expect(address.isConnected && address.value).toBe("mail2.gbr.example:587");
  await user.click(screen.getByText("Remove", { exact: true }));
  await user.click(screen.getByRole("button", { name: "Remove gbr" }));
  await waitFor(() => expect(screen.getAllByText(conflict)).toHaveLength(2));
  expect(asked).toContain("DELETE /api/accounts/gbr?revision=r1");
  expect(revisions).toEqual(["r1"]);
  // Closed, and looked at as it is now.
  await user.click(screen.getByRole("button", { name: "Close" }));
  await user.click(screen.getByRole("link", { name: /^gbr/ }));
  await user.click(await screen.findByRole("button", { name: "Save" }));
  await waitFor(() => expect(revisions).toEqual(["r1", "r2"]));
});

test("what is saved twice is saved of what was saved before", async () => {
  const user = userEvent.setup();
  const revisions: string[] = [];
  accounts(
    {
      "GET /api/accounts": listed({}),
      "PUT /api/accounts/gbr": async (r: Request) => {
        revisions.push((await r.json()).revision);
        return { account: "gbr", path: "/x", warnings: [], revision: `r${revisions.length + 1}` };
      },
    },
    "/admin/accounts/a.gbr",
  );
  const save = await screen.findByRole<HTMLButtonElement>("button", { name: "Save" });
  await user.click(save);
  await waitFor(() => expect(revisions).toHaveLength(1));
  await screen.findByRole("button", { name: "Save" });
  await user.click(save);
  await waitFor(() => expect(revisions).toEqual(["r1", "r2"]));
});

test("an identity that somebody changed meanwhile is another one: the form stays with what was typed", async () => {
  const user = userEvent.setup();
  const bound = { user: "duty", directory: "GBR", dn: "uid=me,o=gbr", mail: "me@gbr.example" };
  let now = [{ id: "1111", settings: bound, mine: false }];
  const { asked } = accounts(
    { "GET /api/identities": () => now, "PUT /api/identities/1111": problem(409, "user-settings-changed") },
    "/admin/accounts/i.1111",
  );
  const who = await screen.findByRole<HTMLInputElement>("textbox", { name: "User of this machine" });
  await user.type(who, "-officer");
  now = [{ id: "2222", settings: { ...bound, mail: "duty@gbr.example" }, mine: false }];
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText(conflict);
  await waitFor(() => expect(asked.filter((a) => a === "GET /api/identities")).toHaveLength(2));
  await screen.findByText("duty@gbr.example");
  expect(who.isConnected && who.value).toBe("duty-officer");
});
