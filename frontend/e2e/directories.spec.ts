import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { change } from "./answers";
import { expect, holdAnnouncements, test } from "./fixtures";
import { running } from "./states-admin";

type Schemas = components["schemas"];
type Directory = Schemas["DirectoryDocument"];

test.use({ roles: ["administrator"] });

test("each directory says how it stands, is read, and is tested", async ({ page }) => {
  await holdAnnouncements(page);
  await page.goto("/admin/directories");
  await expect(page.getByRole("row")).toHaveCount(5);
  await page.getByRole("row", { name: /UKR/ }).click();
  const detail = page.getByRole("article");
  await expect(detail.getByText("StartTLS").first()).toBeVisible();
  await detail.getByRole("button", { name: "Read now" }).click();
  await expect(page.getByText("The UKR directory is being read")).toBeVisible();
  await expect(detail.getByText("Complete", { exact: true })).toBeVisible();
  await detail.getByRole("button", { name: "Test the connection" }).click();
  await expect(detail.getByText("It answers")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("grid", { name: "Directories of the nations" })).toBeFocused();
});

test("a read that goes on shows its progress, and what is held waits for a word", async ({ page }) => {
  const reading = (d: Directory): Directory => {
    if (d.nation === "UKR") return { ...d, running };
    return d.nation === "DEU" ? { ...d, state: "held", held: 390 } : d;
  };
  await change(page, /\/api\/directories$/, (all: Directory[]) => all.map(reading));
  await page.goto("/admin/directories");
  await expect(page.getByText(/250,000 of about 1,000,000 entries · 5,000 a second · about 3 min left/)).toBeVisible();
  const stopped = page.waitForRequest(/\/api\/directories\/UKR\/stop$/);
  await page.getByRole("button", { name: "Stop: keep what was read" }).click();
  await stopped;
  await expect(page.getByRole("button", { name: "Remove these 390 entries, and read DEU again" })).toBeVisible();
});

test("a directory is added with its CA as bytes, from a proposal with evidence", async ({ page }) => {
  let asked: unknown;
  await page.route(/\/api\/directories\/propose$/, async (r) => {
    asked = r.request().postDataJSON();
    const proposal = {
      ok: true,
      url: "ldaps://dir.pol.example",
      vendor: "OpenLDAP",
      namingContexts: ["dc=pol,dc=example"],
      baseDn: "dc=pol,dc=example",
      schema: "acp133",
      mapping: {},
      strategy: "syncrepl",
      pageSize: 500,
      evidence: [{ field: "mail", attribute: "rfc822Mailbox", have: 98, of: 100, example: "jan@pol.example" }],
      problems: [],
      certificate: null,
      chain: [],
      untrusted: false,
      checks: [{ step: "bind", ok: true, text: "anonymous" }],
      strategies: ["syncrepl", "changes", "full"],
      entries: 50,
      withClearance: 50,
      toml: "[[directory]]\nname = 'POL'",
    } satisfies Schemas["ProposalDocument"];
    await r.fulfill({ json: proposal });
  });
  await page.goto("/admin/directories");
  await page.getByRole("button", { name: "Add a directory" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("POL");
  await page.getByRole("textbox", { name: "Nation" }).fill("POL");
  await page.getByRole("textbox", { name: "Addresses of its servers" }).fill("ldaps://dir.pol.example");
  const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  await page
    .getByLabel("Certificate of its CA")
    .setInputFiles({ name: "ca.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(pem) });
  await expect(page.getByText("ca.pem was read.")).toBeVisible();
  await page.getByRole("button", { name: "Ask the server" }).click();
  await expect(page.getByRole("cell", { name: "98 of 100" })).toBeVisible();
  expect(asked).toMatchObject({ caPem: pem, security: "ldaps" });
  await expect(page.getByRole("button", { name: "Add POL as proposed" })).toBeEnabled();
});

test("where the administrator's file governs, the page only shows, and says why", async ({ page }) => {
  await change(page, /\/api\/installation/, (i: object) => ({ ...i, managed: true }));
  await page.goto("/admin/directories");
  await expect(page.getByText(/This installation is centrally managed/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a directory" })).toHaveCount(0);
  await page.goto("/admin/add-directory");
  await expect(page.getByRole("heading", { name: "Directories are set up by your administrator" })).toBeVisible();
});

test("a server is asked by its own CA and a pinned key, and what failed is said by its step", async ({
  page,
  demo,
}) => {
  const file = await readFile(join(demo.dir, "installation.toml"), "utf8");
  const url = /nation = ['"]UKR['"][\s\S]*?(ldaps?:\/\/[^'"\s]+)/.exec(file);
  await page.goto("/admin/add-directory");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("UKR two");
  await page.getByRole("textbox", { name: "Nation" }).fill("UKR");
  await page.getByRole("textbox", { name: "Addresses of its servers" }).fill(url?.[1] ?? "");
  await page.getByLabel("Certificate of its CA").setInputFiles({
    name: "ukr.pem",
    mimeType: "application/x-pem-file",
    buffer: await readFile(join(demo.dir, "demo", "ca.pem")),
  });
  await page.getByText("Advanced").click();
  const pins = page.getByRole("textbox", { name: "Pinned keys" });
  await pins.fill(`sha256:${"0".repeat(64)}`);
  await page.getByRole("button", { name: "Ask the server" }).click();
  await expect(page.getByText(/Its certificate is not believed/)).toBeVisible();
  await pins.fill("");
  await page.getByRole("combobox", { name: "Login" }).selectOption("simple");
  await page.getByRole("textbox", { name: "DN to log in with" }).fill("cn=nobody,dc=ukr");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong");
  await page.getByRole("button", { name: "Ask the server" }).click();
  await expect(page.getByText(/It refused our login/)).toBeVisible();
});

test("what another window changed meanwhile is not overwritten: what was typed stays, and is saved once that was looked at", async ({
  page,
  context,
  demo,
  watch,
}) => {
  watch.expected.push(/status of 409/);
  const other = await context.newPage();
  const summary = (p: Page) => p.getByText("Change how it decides and is read");
  const every = (p: Page) => p.getByRole("textbox", { name: "Read everything every" });
  const save = (p: Page) => p.getByRole("button", { name: "Save these settings" });
  const kept = async () =>
    ((await demo.api("GET", "/api/directories/UKR/settings")) as Schemas["DirectorySettings"]).fullEvery;
  for (const p of [page, other]) {
    await p.goto("/admin/directories/UKR");
    await summary(p).click();
    await expect(every(p)).toBeVisible();
  }
  await every(page).fill("23h");
  await every(other).fill("22h");
  await save(other).click();
  await expect.poll(kept).toBe("22h");
  await save(page).click();
  await expect(page.getByRole("heading", { name: "Somebody has changed this meanwhile" })).toBeVisible();
  await expect(every(page)).toHaveValue("23h");
  expect(await kept()).toBe("22h");
  await summary(page).click();
  await expect(save(page)).toHaveCount(0);
  await summary(page).click();
  await expect(every(page)).toHaveValue("22h");
  await every(page).fill("23h");
  await save(page).click();
  await expect.poll(kept).toBe("23h");
  await other.close();
});
