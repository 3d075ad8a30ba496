import type { components } from "../src/api/schema";
import { expect, holdAnnouncements, test } from "./fixtures";

type Schemas = components["schemas"];

test.use({ roles: ["administrator"] });

test.beforeEach(({ page }) => holdAnnouncements(page));

test("an account is tested, its server's CA trusted and key pinned, saved, changed and removed", async ({
  page,
  demo,
  watch,
}) => {
  watch.expected.push(/422/); // the password that must be given anew
  const all = (await demo.api("GET", "/api/accounts")) as Schemas["AccountsDocument"];
  const gbr = all.accounts.find((a) => a.settings.kind === "smtp");
  expect(gbr).toBeTruthy();
  await page.goto("/admin/accounts");
  await expect(page.getByRole("list", { name: "Accounts" }).getByRole("listitem")).toHaveCount(all.accounts.length);
  await page.getByRole("button", { name: "Add a submission account" }).click();
  const form = page.getByRole("article");
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("second");
  await form.getByRole("textbox", { name: "Address of the server" }).fill(gbr?.settings.address ?? "");
  await form.getByRole("textbox", { name: "User name" }).fill(gbr?.settings.user ?? "");
  await form.getByRole("textbox", { name: "Password" }).fill("not the password");
  await form.getByRole("button", { name: "Test", exact: true }).click();

  // No CA is trusted by itself: what the server showed is shown, and the password has not left.
  await expect(form.getByRole("heading", { name: "It does not work yet" })).toBeVisible();
  await expect(form.getByText("Certificate (failed)")).toBeVisible();
  await expect(form.getByRole("heading", { name: "Certificates that it showed" })).toBeVisible();
  await form.getByRole("button", { name: "Trust this one as CA" }).click();
  await form.getByRole("button", { name: "Pin this key" }).click();
  await form.getByRole("button", { name: "Test", exact: true }).click();
  await expect(form.getByText("Login (failed)")).toBeVisible();
  await expect(form.getByText(/The server:\s+5\d\d/)).toBeVisible();

  // Without a login the server lets nobody in, and the account can be saved all the same: its password comes later.
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/second is saved/).first()).toBeVisible();
  const row = page.getByRole("link", { name: /^second/ });
  await page.goto("/admin/accounts");
  await expect(row).toContainText("No identity uses it");
  await row.click();
  await expect(form.getByText("Stored. Left empty, it stays; it is never shown.")).toBeVisible();
  const stored = (await demo.api("GET", "/api/accounts")) as Schemas["AccountsDocument"];
  expect(stored.accounts.find((a) => a.settings.name === "second")?.settings.pins).toHaveLength(1);
  expect(JSON.stringify(stored)).not.toContain("not the password");

  // The stored password goes to no other server.
  await form.getByRole("textbox", { name: "Address of the server" }).fill("127.0.0.1:1");
  await form.getByRole("button", { name: "Test", exact: true }).click();
  await expect(form.getByText("The password must be given anew", { exact: true })).toBeVisible();

  await form.getByText("Remove", { exact: true }).click();
  await form.getByRole("button", { name: "Remove second" }).click();
  await expect(row).toHaveCount(0);
});

test("an account that is in use says so before it is removed, and is tested as it is", async ({ page }) => {
  await page.goto("/admin/accounts/a.gbr");
  const form = page.getByRole("article");
  await form.getByRole("button", { name: "Test", exact: true }).click();
  await expect(form.getByRole("heading", { name: "It works" })).toBeVisible();
  await expect(form.getByRole("row", { name: /Delivery reports \(DSN\)/ })).toBeVisible();
  await expect(form.getByText("Login", { exact: true })).toBeInViewport(); // the answer is brought into sight
  await form.getByText("Remove", { exact: true }).click();
  await expect(form.getByText(/sarah\.whitfield@gbr\.example would go on without it/)).toBeVisible();
});

test("an entry of the own nation is found, bound to a user, and let go", async ({ page }) => {
  await page.goto("/admin/accounts/new.identity");
  const form = page.getByRole("article");
  await form.getByRole("textbox", { name: "User of this machine" }).fill("second-user");
  await form.getByRole("textbox", { name: "Entry in the own nation's directory" }).fill("Llewellyn");
  await form
    .getByRole("button", { name: /^Take .*Llewellyn/ })
    .first()
    .click();
  await expect(form.getByRole("textbox", { name: "Mail address" })).not.toHaveValue("");
  await form.getByRole("checkbox", { name: "Auditor" }).check();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/is saved/).first()).toBeVisible();
  const row = page.getByRole("link", { name: /^second-user/ });
  await page.goto("/admin/accounts");
  await expect(row).toContainText("Auditor");
  await row.click();
  await form.getByText("Remove", { exact: true }).click();
  await form.getByRole("button", { name: /^Remove / }).click();
  await expect(row).toHaveCount(0);
});

test("nobody takes the administrator's role from himself", async ({ page, watch }) => {
  watch.expected.push(/409/);
  await page.goto("/admin/accounts");
  await page.getByRole("list", { name: "Identities" }).getByRole("link").first().click();
  const form = page.getByRole("article");
  await form.getByRole("checkbox", { name: "Administrator" }).uncheck();
  await form.getByRole("checkbox", { name: "Drafter" }).check();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("You would not be administrator any more", { exact: true })).toBeVisible();
});

test("a domain gets a default label", async ({ page }) => {
  await page.goto("/admin/accounts/new.label");
  const form = page.getByRole("article");
  // Typed letter by letter: the field keeps the focus.
  await form.getByRole("textbox", { name: "Domain or room" }).click();
  await page.keyboard.type("aus.example");
  await form.getByRole("combobox", { name: "Policy" }).selectOption("NATO");
  await form.getByRole("combobox", { name: "Classification" }).selectOption("RESTRICTED");
  await form.getByRole("combobox", { name: "Context" }).press("ArrowDown");
  await page.getByRole("option", { name: "MROD" }).click();
  await page.keyboard.press("Escape");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/is saved/).first()).toBeVisible();
  await page.goto("/admin/accounts");
  await expect(page.getByRole("link", { name: /^aus\.example/ })).toContainText("RESTRICTED");
});
