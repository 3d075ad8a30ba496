import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeDirectory } from "../../test-fakes";
import { stage } from "../../test-stage";
import { CannotSend } from "./cannot-send";

const identity = { dn: "uid=ann", name: "Ann", nation: "GBR", mail: "ann@gbr.example" };
const smtp = { settings: { name: "gbr", kind: "smtp" } };
const imap = { settings: { name: "box", kind: "imap" } };

function notice(more: {
  roles?: string[];
  identities?: object[];
  own?: boolean;
  accounts?: object[];
  managed?: boolean;
}) {
  const { roles = ["administrator"], identities = [identity], own = true, accounts = [smtp], managed = false } = more;
  return stage(<CannotSend />, {
    at: "/",
    path: "/",
    answers: {
      "GET /api/installation": { managed, nation: "GBR", roles, identities },
      "GET /api/directories": [fakeDirectory("GBR", { own })],
      "GET /api/accounts": { managed, path: "", accounts, cas: [] },
    },
  });
}

test.each([
  [{ own: false }, "Add the own directory", "/admin/add-directory"],
  [{ accounts: [imap] }, "Add an account", "/admin/accounts"],
  [{ identities: [] }, "Bind an entry to a user", "/admin/accounts"],
])("an administrator is led to where it is set up: %o", async (lacks, text, href) => {
  notice(lacks);
  expect((await screen.findByRole("link", { name: text })).getAttribute("href")).toBe(href);
});

test("others are told whom to ask, and accounts are not asked for", async () => {
  const { asked } = notice({ roles: ["drafter"], identities: [] });
  await screen.findByText(/You cannot send yet: .* Ask an administrator/);
  expect(screen.queryByRole("link")).toBeNull();
  expect(asked).not.toContain("GET /api/accounts");
});

test("where the machine's file governs, nobody is led to a page that cannot change it", async () => {
  notice({ own: false, managed: true });
  await screen.findByText(/Nobody can send yet: .* in the installation file/);
  expect(screen.queryByRole("link")).toBeNull();
});
