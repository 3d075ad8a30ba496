import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Answers, stage } from "../../../test-stage";
import { AddDirectoryPage } from "./page";

const proposal = {
  ok: true,
  url: "ldap://dir.pol.example",
  vendor: "OpenLDAP",
  namingContexts: ["dc=pol"],
  baseDn: "dc=pol",
  schema: "acp133",
  mapping: {},
  strategy: "syncrepl",
  pageSize: 500,
  evidence: [{ field: "clearance", attribute: "clearance", have: 90, of: 100, example: "NATO SECRET" }],
  problems: ["10 of 100 entries have no clearance"],
  certificate: null,
  chain: [],
  untrusted: false,
  checks: [],
  strategies: ["syncrepl", "full"],
  entries: 50,
  withClearance: 45,
  toml: "[[directory]]",
};

function add(answers: Answers) {
  const bodies: unknown[] = [];
  const keep = (answer: unknown) => async (r: Request) => {
    bodies.push(await r.json());
    return answer;
  };
  const shown = stage(<AddDirectoryPage />, {
    at: "/admin/add-directory",
    path: "/admin/add-directory",
    answers: {
      "GET /api/installation": { managed: false, nation: "GBR", roles: ["administrator"], identities: [] },
      "POST /api/directories/propose": keep(proposal),
      "POST /api/directories": keep({ directory: "POL", path: "/etc/caveat.toml", secrets: [], warnings: [] }),
      ...answers,
    },
  });
  return { user: userEvent.setup(), bodies, ...shown };
}

async function fill(user: ReturnType<typeof userEvent.setup>) {
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "POL");
  await user.type(screen.getByRole("textbox", { name: "Nation" }), "pol");
  const url = screen.getByRole("textbox", { name: "Addresses of its servers" });
  await user.type(url, "dir.pol.example");
  const pem = new File(["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"], "pol-ca.pem");
  await user.upload(screen.getByLabelText("Certificate of its CA"), pem);
  await screen.findByText("pol-ca.pem was read.");
}

test("a server is asked, shows on what the proposal rests, and is added as proposed", async () => {
  const { user, bodies, place } = add({});
  expect((await screen.findByRole<HTMLButtonElement>("button", { name: "Ask the server" })).disabled).toBe(true);
  await fill(user);
  await user.click(screen.getByRole("button", { name: "Ask the server" }));
  expect(await screen.findByRole("cell", { name: "90 of 100" })).toBeTruthy();
  expect(screen.getByText("10 of 100 entries have no clearance")).toBeTruthy();
  expect(bodies[0]).toMatchObject({ caPem: expect.stringContaining("BEGIN CERTIFICATE"), security: "starttls" });
  await user.click(screen.getByRole("button", { name: "Add POL as proposed" }));
  await waitFor(() => expect(place()).toBe("/admin/directories/POL"));
  expect(bodies[1]).toMatchObject({ name: "POL", baseDn: "dc=pol", schema: "acp133", pageSize: 500 });
});

test("what was proposed is gone when the form changes: it was for another server", async () => {
  const { user } = add({});
  await fill(user);
  await user.click(screen.getByRole("button", { name: "Ask the server" }));
  await screen.findByRole("button", { name: "Add POL as proposed" });
  await user.type(screen.getByRole("textbox", { name: "Addresses of its servers" }), "2");
  expect(screen.queryByRole("button", { name: "Add POL as proposed" })).toBeNull();
});

test("a server that cannot be asked says why, and nothing can be saved", async () => {
  const { user } = add({ "POST /api/directories/propose": { ...proposal, ok: false, error: "no route to host" } });
  await fill(user);
  await user.click(screen.getByRole("button", { name: "Ask the server" }));
  await screen.findByText("no route to host");
  expect(screen.queryByRole("button", { name: /^Add POL/ })).toBeNull();
});

test("the step that failed says in words what to check", async () => {
  const { user } = add({
    "POST /api/directories/propose": {
      ...proposal,
      ok: false,
      step: "bind",
      error: "bind refused: 49",
      checks: [
        { step: "connection", ok: true, text: "ldap://dir.pol.example, starttls" },
        { step: "bind", ok: false, text: "bind refused: 49" },
      ],
    },
  });
  await fill(user);
  await user.click(screen.getByRole("button", { name: "Ask the server" }));
  await screen.findByText(/It refused our login/);
  expect(screen.getByText("The server was reached.")).toBeTruthy();
  expect(screen.getByText("bind refused: 49")).toBeTruthy(); // in the server's own words
});

test("a server that knows us by a certificate is asked with the paths of its files", async () => {
  const { user, bodies } = add({});
  await fill(user);
  await user.selectOptions(screen.getByRole("combobox", { name: "Login" }), "external");
  expect(screen.getByText(/First give the paths of the certificate and of its key/)).toBeTruthy();
  await user.type(screen.getByRole("textbox", { name: "Private key" }), "/etc/caveat/reader.key");
  await user.type(screen.getByRole("textbox", { name: "Client certificate" }), "/etc/caveat/reader.pem");
  await user.click(screen.getByText("Advanced"));
  await user.type(screen.getByRole("textbox", { name: "Referrals that may be followed" }), "dir2.pol.example:636");
  await user.click(screen.getByRole("button", { name: "Ask the server" }));
  await waitFor(() => expect(bodies.length).toBe(1));
  expect(bodies[0]).toMatchObject({
    auth: "external",
    clientCertificate: "/etc/caveat/reader.pem",
    clientKeyUri: "/etc/caveat/reader.key",
    referrals: ["dir2.pol.example:636"],
  });
});

test("where the administrator's file governs, there is no form", async () => {
  add({ "GET /api/installation": { managed: true, nation: "GBR", roles: ["administrator"], identities: [] } });
  await screen.findByRole("heading", { name: "Directories are set up by your administrator" });
  expect(screen.queryByRole("textbox")).toBeNull();
});

test.each(["drafter", "auditor"])("a %s is told that it is not for them, instead of a form", async (role) => {
  add({ "GET /api/installation": { managed: false, nation: "GBR", roles: [role], identities: [] } });
  await screen.findByRole("heading", { name: "Adding a directory is for administrators" });
  expect(screen.queryByRole("textbox")).toBeNull();
});

const certificate = (cn: string, more: object) => ({
  subject: `CN=${cn},O=POL`,
  issuer: "CN=POL Root,O=POL",
  notBefore: "2026-01-01T00:00:00Z",
  notAfter: "2027-01-01T00:00:00Z",
  pin: `sha256:${"ab".repeat(32)}`,
  sha256: "cd".repeat(32),
  ca: false,
  root: false,
  pem: `PEM of ${cn}`,
  ...more,
});

test("without a CA the server's certificates are shown, and it is asked by the one that the user trusts, then by its pinned key", async () => {
  const chain = [
    certificate("dir.pol.example", {}),
    certificate("POL Root", { ca: true, root: true, sha256: "ef".repeat(32) }),
  ];
  const bodies: { caPem?: string; pins?: string[] }[] = [];
  const { user } = add({
    "POST /api/directories/propose": async (r: Request) => {
      const body = (await r.json()) as { caPem?: string };
      bodies.push(body);
      if (body.caPem) return { ...proposal, chain, certificate: chain[0] };
      return { ...proposal, ok: false, untrusted: true, step: "certificate", chain, certificate: chain[0] };
    },
  });
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "POL");
  await user.type(screen.getByRole("textbox", { name: "Nation" }), "pol");
  await user.type(screen.getByRole("textbox", { name: "Addresses of its servers" }), "dir.pol.example");
  await user.click(screen.getByRole("button", { name: "Ask the server" }));
  await screen.findByText(/compare a fingerprint/);
  expect(screen.getByText(/^EFEF EFEF/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: /^Add POL/ })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Trust the CA POL Root" }));
  await user.click(await screen.findByRole("button", { name: "Pin the server’s key" }));
  await screen.findByText(/The server’s key is pinned/);
  expect(bodies.map((b) => [b.caPem, b.pins])).toEqual([
    [undefined, undefined],
    ["PEM of POL Root", undefined],
    ["PEM of POL Root", [`sha256:${"ab".repeat(32)}`]],
  ]);
});
