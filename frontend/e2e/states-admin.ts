import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { change } from "./answers";
import type { Demo } from "./demo";
import { expect, people, secret, storeDraft } from "./fixtures";
import { type PageState, sendOne } from "./reach";

type Schemas = components["schemas"];
type Directory = Schemas["DirectoryDocument"];
type Certificate = Schemas["ProposalDocument"]["chain"][number];

/** running is a read that goes on. */
export const running: Schemas["RunDocument"] = {
  started: "2026-11-21T14:05:00Z",
  updated: "2026-11-21T14:05:10Z",
  full: true,
  read: 250_000,
  added: 0,
  changed: 0,
  expected: 1_000_000,
  perSecond: 5000,
  leftSeconds: 150,
  bytes: 45_000_000,
  stopping: false,
};

/** troubled is a directory in the state that its nation stands for here: read just now, held, failed, or paused. */
const troubled = (d: Directory): Directory => {
  if (d.nation === "UKR") return { ...d, running };
  if (d.nation === "DEU") return { ...d, state: "held", held: 390 };
  if (d.nation === "AUS")
    return { ...d, state: "failed", error: "Could not ask the directory AUS (no answer in 8 s)." };
  return { ...d, paused: true };
};

const certificate = (cn: string, more: Partial<Certificate>): Certificate => ({
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

const chain = [certificate("dir.pol.example", {}), certificate("POL Root", { ca: true, root: true })];

/** asked is what a server that can be set up answers. */
const asked: Schemas["ProposalDocument"] = {
  ok: true,
  url: "ldaps://dir.pol.example",
  vendor: "OpenLDAP",
  namingContexts: ["dc=pol,dc=example"],
  baseDn: "dc=pol,dc=example",
  schema: "acp133",
  mapping: {},
  strategy: "syncrepl",
  pageSize: 500,
  evidence: [
    { field: "mail", attribute: "rfc822Mailbox", have: 98, of: 100, example: "jan.kowalski@pol.example" },
    { field: "clearance", attribute: "clearance", have: 90, of: 100, example: "NATO SECRET" },
  ],
  problems: ["10 of 100 entries have no clearance"],
  certificate: chain[0] ?? null,
  chain,
  untrusted: false,
  checks: [
    { step: "connection", ok: true, text: "ldaps://dir.pol.example" },
    { step: "certificate", ok: true, text: "CN=dir.pol.example,O=POL" },
    { step: "bind", ok: true, text: "anonymous" },
  ],
  strategies: ["syncrepl", "changes", "full"],
  entries: 100,
  withClearance: 90,
  toml: "[[directory]]\nname = 'POL'\nnation = 'POL'\nurls = ['ldaps://dir.pol.example']\nbase_dn = 'dc=pol,dc=example'",
};

async function propose(page: Page, answer: Schemas["ProposalDocument"]): Promise<void> {
  await page.route(/\/api\/directories\/propose$/, (r) => r.fulfill({ json: answer }));
  await page.goto("/admin/add-directory");
  await page.getByRole("textbox", { name: "Addresses of its servers" }).fill("ldaps://dir.pol.example");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("POL");
  await page.getByRole("textbox", { name: "Nation" }).fill("POL");
  await page.getByRole("button", { name: "Ask the server" }).click();
}

const rulesOf = async (demo: Demo) => (await demo.api("GET", "/api/rules")) as Schemas["RulesDocument"];

/** withoutRules takes back what another state made. */
export async function withoutRules(demo: Demo): Promise<void> {
  for (;;) {
    const { rules, thresholds, revision } = await rulesOf(demo);
    const what = rules.length > 0 ? "remove-rule" : thresholds.length > 0 ? "remove-threshold" : undefined;
    if (!what) return;
    await demo.api("POST", "/api/rules/change", { revision, do: what, at: 0 });
    await expect.poll(async () => (await rulesOf(demo)).revision).not.toBe(revision);
  }
}

/** withRules makes one that warns for a time, one of a set on trial, and a threshold. */
async function withRules(demo: Demo): Promise<void> {
  await withoutRules(demo);
  const all = [
    {
      do: "add-rule",
      rule: { name: "exercise BOLD", outcome: "unknown", nation: "UKR", until: "2027-01-01T00:00:00Z" },
    },
    { do: "add-rule", rule: { name: "try", set: "phase 2", trial: true } },
    { do: "add-threshold", threshold: { name: "many", limit: 50, action: "warn" } },
  ];
  for (const one of all) {
    const { revision } = await rulesOf(demo);
    await demo.api("POST", "/api/rules/change", { revision, ...one });
    await expect.poll(async () => (await rulesOf(demo)).revision).not.toBe(revision);
  }
}

/** blockedOne has the log hold a message that the check stopped. */
async function blockedOne(demo: Demo): Promise<void> {
  const draft = { channel: "mail", action: [people.ukrNone], subject: "Bridge", body: "Grid follows.", label: secret };
  await demo.api("POST", "/api/send", { draft }).catch(() => undefined);
}

/** nextPolicy is the demonstration's policy in a second version, in which ATOMAL needs SECRET. */
async function nextPolicy(demo: Demo): Promise<string> {
  const text = await readFile(join(demo.dir, "demo", "policy.spif.xml"), "utf8");
  return text
    .replace('schemaVersion="2.1" version="1"', 'schemaVersion="2.1" version="2"')
    .replace('name="ATOMAL" lacv="1"/>', 'name="ATOMAL" lacv="1" requiredClass="SECRET"/>');
}

/** openForm opens a form of the accounts with all that it has. */
async function openForm(page: Page, at: string): Promise<void> {
  await page.goto(`/admin/accounts/${at}`);
  await expect(page.getByRole("article").getByRole("textbox").first()).toBeVisible();
  for (const more of await page.getByText("More", { exact: true }).all()) await more.click();
}

/** refused has the log say that one message would now be refused to somebody, and of another nobody can say it. */
async function refused(page: Page): Promise<void> {
  await change(page, /\/api\/audit\/refused/, (whole: Schemas["RefusedPage"]) => {
    const message: Schemas["AuditLine"] = { seq: 2, type: "decision", message: "MADE", marking: "NATO/MROD SECRET" };
    const common = { reasons: ["Needs MROD."], directory: "UKR", readAt: "2026-11-21T14:05:00Z" };
    const recipients: Schemas["RefusedFor"][] = [
      { ...common, address: people.ukr, nation: "UKR", outcome: "not-cleared", finding: "refused", got: "yes" },
      { ...common, address: people.deu, nation: "DEU", outcome: "stale", finding: "undecided", got: "perhaps" },
    ];
    return { ...whole, messages: [{ message, label: ["ATOMAL needs SECRET."], recipients }] };
  });
}

const shows = (path: string, heading: string) => async (page: Page) => {
  await page.goto(path);
  await expect(page.getByRole("heading", { name: heading }).first()).toBeVisible();
};

/** readStates are the pages of administration for a drafter, who reads them, or is told whose they are. */
export const readStates: PageState[] = [
  {
    name: "directories-read",
    reach: async (page) => {
      await page.goto("/admin/directories/UKR");
      await expect(page.getByRole("button", { name: "Test the connection" })).toBeVisible();
    },
  },
  {
    name: "add-directory-not-yours",
    reach: shows("/admin/add-directory", "Adding a directory is for administrators"),
  },
  {
    name: "policy-load-not-yours",
    reach: async (page) => {
      await page.goto("/admin/policies/load");
      await expect(page.getByText("An administrator loads policies and puts them in force.").last()).toBeVisible();
    },
  },
  {
    name: "rules-read",
    reach: async (page) => {
      await page.goto("/admin/rules");
      await expect(page.getByText("An administrator changes rules.")).toBeVisible();
    },
  },
];

/** adminStates are the pages of administration for somebody who has every role. */
export const adminStates: PageState[] = [
  {
    name: "directories-troubled",
    reach: async (page) => {
      await change(page, /\/api\/directories$/, (all: Directory[]) => all.map(troubled));
      await page.goto("/admin/directories");
      await expect(page.getByText(/250,000 of about 1,000,000 entries/)).toBeVisible();
    },
  },
  {
    name: "directory",
    reach: async (page) => {
      await page.goto("/admin/directories/UKR");
      await expect(page.getByRole("button", { name: "Test the connection" })).toBeVisible();
      await expect(page.getByRole("heading", { name: "Reads of late" })).toBeVisible();
    },
  },
  {
    name: "directory-settings",
    reach: async (page) => {
      await page.goto("/admin/directories/UKR");
      await page.getByRole("button", { name: "Test the connection" }).click();
      await expect(page.getByText("It answers")).toBeVisible();
      await page.getByText("Remove this directory").click();
      await page.getByText("Change how it decides and is read").click();
      await expect(page.getByRole("textbox", { name: "Pinned keys" })).toBeVisible();
    },
  },
  {
    name: "add-directory",
    reach: async (page) => {
      await page.goto("/admin/add-directory");
      await expect(page.getByRole("button", { name: "Ask the server" })).toBeVisible();
    },
  },
  {
    name: "add-directory-certificate",
    reach: async (page) => {
      await page.goto("/admin/add-directory");
      await page.getByRole("combobox", { name: "Login" }).selectOption("external");
      await page.getByText("Advanced", { exact: true }).click();
      await expect(page.getByRole("textbox", { name: "Pinned keys" })).toBeVisible();
    },
  },
  {
    name: "add-directory-trust",
    reach: async (page) => {
      await propose(page, { ...asked, ok: false, untrusted: true, step: "certificate" });
      await expect(page.getByRole("button", { name: "Trust the CA POL Root" })).toBeVisible();
    },
  },
  {
    name: "add-directory-proposed",
    reach: async (page) => {
      await propose(page, asked);
      const add = page.getByRole("button", { name: "Add POL as proposed" });
      await expect(add).toBeVisible();
      await add.scrollIntoViewIfNeeded();
    },
  },
  {
    name: "nations",
    reach: async (page) => {
      await page.goto("/admin/nations");
      await expect(page.getByRole("row", { name: /ukr\.example/ }).first()).toBeVisible();
    },
  },
  {
    name: "nations-route",
    reach: async (page) => {
      await page.goto("/admin/nations");
      await page.getByRole("button", { name: "Change the route to ukr.example by Mail" }).click();
      await expect(page.getByRole("form", { name: "Route to ukr.example" })).toBeVisible();
    },
  },
  {
    name: "policy",
    reach: async (page) => {
      await page.goto("/admin/policies");
      await page.getByRole("row", { name: /NATO version 1/ }).click();
      await expect(page.getByText("Classifications, the most sensitive first")).toBeVisible();
    },
  },
  {
    name: "policy-load",
    reach: async (page, demo) => {
      await page.goto("/admin/policies/load");
      const wrong = (await nextPolicy(demo)).replace('hierarchy="20"', 'hierarchy="10"');
      await page.getByLabel("Or paste the document here").fill(wrong);
      await page.getByRole("button", { name: "Examine it" }).click();
      await expect(page.getByRole("heading", { name: /It is refused/ })).toBeVisible();
    },
  },
  {
    name: "policy-impact",
    reach: async (page, demo) => {
      await storeDraft(demo, {
        action: [people.gbr],
        subject: "Rotation",
        label: {
          ...secret,
          classification: "CONFIDENTIAL",
          categories: { ...secret.categories, "Special Category Designators": ["ATOMAL"] },
        },
      });
      const next = await demo.api("POST", "/api/policy/versions", { spif: await nextPolicy(demo) });
      await page.goto(`/admin/policies/${(next as Schemas["PolicyVersion"]).sha256}`);
      await page.getByRole("button", { name: "Show what would change" }).click();
      await expect(page.getByText(/Drafts that could not be sent any more: 1\./)).toBeVisible();
      await page.getByText(/differences? between the versions/).click();
    },
  },
  {
    name: "rules-none",
    reach: async (page, demo) => {
      await withoutRules(demo);
      await page.goto("/admin/rules");
      await expect(page.getByText("No rule: everything that is not cleared is blocked")).toBeVisible();
    },
  },
  {
    name: "rules",
    reach: async (page, demo) => {
      await withRules(demo);
      await page.goto("/admin/rules");
      await expect(page.getByRole("rowheader", { name: "exercise BOLD" })).toBeVisible();
    },
  },
  {
    name: "rule",
    reach: async (page, demo) => {
      await blockedOne(demo);
      await withRules(demo);
      await page.goto("/admin/rules");
      await page.getByRole("button", { name: "Change exercise BOLD" }).click();
      await page.getByRole("combobox", { name: "Outcome" }).selectOption("not-cleared");
      await expect(page.getByRole("dialog").getByRole("status")).toHaveText(/otherwise/);
    },
  },
  {
    name: "threshold",
    reach: async (page) => {
      await page.goto("/admin/rules");
      await page.getByRole("button", { name: "Add a threshold" }).click();
      await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("a crowd");
      await page.getByLabel("From (UTC)").fill("2027-01-02T00:00");
      await page.getByLabel("Until (UTC)").fill("2027-01-01T00:00");
      await expect(page.getByRole("dialog").getByRole("alert")).toHaveText(/until lies before from/);
    },
  },
  {
    name: "accounts",
    reach: async (page) => {
      await page.goto("/admin/accounts");
      await expect(page.getByRole("list", { name: "Identities" }).getByRole("listitem").first()).toBeVisible();
    },
  },
  {
    name: "accounts-none",
    reach: async (page) => {
      await change(page, /\/api\/accounts$/, (a: Schemas["AccountsDocument"]) => ({ ...a, accounts: [] }));
      await page.route(/\/api\/(identities|default-labels)$/, (r) => r.fulfill({ json: [] }));
      await shows("/admin/accounts", "There is no account yet")(page);
    },
  },
  {
    name: "account",
    reach: async (page) => {
      await page.goto("/admin/accounts/a.gbr");
      const form = page.getByRole("article");
      await form.getByRole("button", { name: "Test", exact: true }).click();
      await expect(form.getByRole("heading", { name: "It works" })).toBeVisible();
      await form.getByText("Remove", { exact: true }).click();
    },
  },
  { name: "account-mailbox", reach: (page) => openForm(page, "new.imap") },
  { name: "account-chat", reach: (page) => openForm(page, "new.xmpp") },
  {
    name: "identity",
    reach: async (page) => {
      await openForm(page, "new.identity");
      await page.getByRole("textbox", { name: "Entry in the own nation's directory" }).fill("Llewellyn");
      await expect(page.getByRole("button", { name: /^Take .*Llewellyn/ }).first()).toBeVisible();
    },
  },
  { name: "default-label", reach: (page) => openForm(page, "new.label") },
  {
    name: "audit",
    reach: async (page, demo) => {
      await sendOne(demo);
      await page.goto("/admin/audit");
      await expect(page.getByRole("grid", { name: "Lines of the audit log" }).getByRole("row").nth(4)).toBeVisible();
    },
  },
  {
    name: "audit-nothing",
    reach: async (page) => {
      await page.goto("/admin/audit");
      const search = page.getByRole("textbox", { name: "Search the log" });
      await search.fill("zebra");
      await search.press("Enter");
      await expect(page.getByRole("heading", { name: "No line fits" })).toBeVisible();
    },
  },
  {
    name: "audit-trail",
    reach: async (page, demo) => {
      await page.goto(`/admin/audit/${await sendOne(demo)}`);
      await expect(page.getByRole("article")).toContainText("2 got it");
    },
  },
  {
    name: "audit-line",
    reach: async (page, demo) => {
      await page.goto(`/admin/audit/${await sendOne(demo)}`);
      await page
        .getByRole("article")
        .getByRole("link", { name: /^Line / })
        .first()
        .click();
      await expect(page.getByRole("article")).toContainText("It matches its own hash, follows the line before it");
    },
  },
  {
    name: "audit-sent",
    reach: async (page, demo) => {
      await sendOne(demo);
      await page.goto("/admin/audit/sent");
      await expect(page.getByRole("grid", { name: "Messages that were sent" }).getByRole("row").nth(1)).toBeVisible();
    },
  },
  {
    name: "audit-refused",
    reach: async (page) => {
      await refused(page);
      await page.goto("/admin/audit/refused");
      await page.getByRole("button", { name: "Decide anew" }).click();
      await expect(page.getByText("1 message would now be refused")).toBeVisible();
    },
  },
  {
    name: "audit-refused-none",
    reach: async (page) => {
      await page.goto("/admin/audit/refused");
      await page.getByRole("button", { name: "Decide anew" }).click();
      await expect(page.getByRole("heading", { name: "Everything would leave as it did" })).toBeVisible();
    },
  },
  {
    name: "audit-export",
    reach: async (page) => {
      await page.goto("/admin/audit/export");
      await page.getByRole("combobox", { name: "What" }).selectOption("Only lines after");
      await expect(page.getByRole("textbox", { name: "Number of the last line that you have" })).toBeVisible();
    },
  },
];
