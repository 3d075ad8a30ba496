import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { type Answers, stage } from "../../test-stage";
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
