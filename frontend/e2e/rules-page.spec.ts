import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { change } from "./answers";
import type { Demo } from "./demo";
import { expect, people, secret, test } from "./fixtures";

type Schemas = components["schemas"];

test.use({ roles: ["administrator"] });

const rulesOf = async (demo: Demo) => (await demo.api("GET", "/api/rules")) as Schemas["RulesDocument"];

/** attempt asks for a message to be sent, and takes what comes: what is blocked is in the log too. */
async function attempt(demo: Demo, ...action: string[]): Promise<void> {
  const draft = { channel: "mail", action, subject: "Bridge", body: "Grid follows.", label: secret };
  await demo.api("POST", "/api/send", { draft }).catch(() => undefined);
}

test.beforeEach(async ({ watch }) => {
  watch.expected.push(/status of 4(09|22)/);
});

// Whatever a test made is taken back: others use the same program.
test.afterEach(async ({ demo }) => {
  for (;;) {
    const { rules, thresholds, revision } = await rulesOf(demo);
    const what = rules.length > 0 ? "remove-rule" : thresholds.length > 0 ? "remove-threshold" : undefined;
    if (!what) return;
    await demo.api("POST", "/api/rules/change", { revision, do: what, at: 0 });
    await expect.poll(async () => (await rulesOf(demo)).revision).not.toBe(revision);
  }
});

test("a rule is made with its effect in sight, put into a set, switched on, and removed", async ({ page, demo }) => {
  await attempt(demo, people.gbr);
  await attempt(demo, people.ukrNone);
  await attempt(demo, people.ukrRestricted);
  await page.goto("/admin/rules");
  const table = page.getByRole("region", { name: "What is relaxed now" });
  const unknownUKR = table
    .getByRole("row", { name: /Unknown/ })
    .getByRole("cell")
    .nth(await column(table, "UKR"));
  await expect(unknownUKR).toHaveText("Blocked");

  await page.getByRole("button", { name: "Add a rule" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByRole("textbox", { name: "Name" })).toBeFocused();
  await expect(sheet.getByRole("button", { name: "Save the rule" })).toBeDisabled();
  await expect(sheet.getByText(/these stay blocked/)).toBeVisible();
  await expect(sheet.getByText(/Only/)).toBeVisible();
  await sheet.getByRole("textbox", { name: "Name" }).fill("exercise");
  await sheet.getByRole("combobox", { name: "Nation" }).selectOption("UKR");
  await expect(sheet.getByRole("status")).toHaveText(/Of \d+ messages 1 would have been treated otherwise/);
  await expect(sheet.getByText("1 of UKR: blocked → warning")).toBeVisible();
  await expect(sheet.getByText(people.ukrNone)).toBeVisible();
  await sheet.getByRole("combobox", { name: "Outcome" }).selectOption("error");
  await expect(sheet.getByRole("status")).toHaveText(/none would have been treated otherwise/);
  await sheet.getByRole("combobox", { name: "Outcome" }).selectOption("unknown");
  await expect(sheet.getByRole("status")).toHaveText(/1 would have been/);
  await sheet.getByRole("button", { name: "Save the rule" }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByRole("button", { name: "Add a rule" })).toBeFocused();
  await expect(unknownUKR).toHaveText("Warning");
  const draft = { channel: "mail", action: [people.ukrNone], subject: "x", body: "x", label: secret };
  const actionOf = async () =>
    ((await demo.api("POST", "/api/check", draft)) as Schemas["Report"]).recipients[0]?.verdict.action;
  await expect.poll(actionOf, "the check follows").toBe("warn");

  await page.getByRole("button", { name: "Change exercise" }).click();
  await sheet.getByRole("combobox", { name: "Set" }).fill("phase 2");
  await expect(sheet.getByText("The set phase 2 is off", { exact: false })).toBeVisible();
  await expect(sheet.getByText("1 of UKR: warning → blocked")).toBeVisible();
  await sheet.getByRole("textbox", { name: "Name" }).click(); // the list of sets closes
  await sheet.getByRole("button", { name: "Save the rule" }).click();
  await expect(unknownUKR).toHaveText("Blocked");
  await page.getByRole("button", { name: "Switch on phase 2" }).click();
  await expect(sheet.getByText("1 of UKR: blocked → warning")).toBeVisible();
  await sheet.getByRole("button", { name: "Switch it on" }).click();
  await expect(unknownUKR).toHaveText("Warning");
  await page.getByRole("button", { name: "Rename phase 2" }).click();
  await sheet.getByRole("textbox", { name: "New name" }).fill("phase 3");
  await sheet.getByRole("button", { name: "Rename it" }).click();
  await expect(page.getByRole("button", { name: "Switch off phase 3" })).toBeVisible();
  await page.getByRole("button", { name: "Remove exercise" }).click();
  await expect(sheet.getByRole("heading", { name: "Remove the rule exercise?" })).toBeVisible();
  await sheet.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByText("No rule: everything that is not cleared is blocked")).toBeVisible();
});

test("what cannot be is said before it is saved; who was overtaken is told", async ({ page, demo }) => {
  await page.goto("/admin/rules");
  await page.getByRole("button", { name: "Add a threshold" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("textbox", { name: "Name" }).fill("many");
  await sheet.getByLabel("From (UTC)").fill("2027-01-02T00:00");
  await sheet.getByLabel("Until (UTC)").fill("2027-01-01T00:00");
  await expect(sheet.getByRole("alert")).toHaveText(/until lies before from/);
  await sheet.getByLabel("Until (UTC)").fill("2027-02-01T00:00");
  await expect(sheet.getByRole("alert")).toBeHidden();
  const { revision } = await rulesOf(demo);
  const rule = { name: "of another", outcome: "stale" };
  await demo.api("POST", "/api/rules/change", { revision, do: "add-rule", rule });
  await sheet.getByRole("button", { name: "Save the threshold" }).click();
  await expect(sheet.getByRole("heading", { name: "The rules have changed meanwhile" }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("rowheader", { name: "of another" })).toBeVisible();
});

test("the installation is exported, and a bundle shows what it changes before it is imported", async ({
  page,
  demo,
}) => {
  await attempt(demo, people.ukrNone);
  await page.goto("/admin/rules");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export a bundle" }).click();
  const text = await readFile(await (await saving).path(), "utf8");
  expect(text).toContain("[[directory]]");
  const choose = async (content: string) => {
    const buffer = Buffer.from(content);
    await page.locator("input[type=file]").setInputFiles({ name: "bundle.toml", mimeType: "application/toml", buffer });
  };
  await choose("nonsense");
  await expect(page.getByRole("heading", { name: "The installation would not be valid" })).toBeVisible();
  await choose(text);
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByText("It is what is in use: nothing would change.")).toBeVisible();
  await sheet.getByRole("button", { name: "Close" }).click();
  await choose(`${text}\n[[rule]]\nname = "from the bundle"\noutcome = "unknown"\naction = "warn"\n`);
  await expect(sheet.getByText("1 section changes:")).toBeVisible();
  await expect(sheet.getByText("rule from the bundle added")).toBeVisible();
  await expect(sheet.getByRole("status")).toHaveText(/would have been treated otherwise/);
  await sheet.getByRole("button", { name: "Import it: change 1 section" }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByRole("rowheader", { name: "from the bundle" })).toBeVisible();
});

test("who may not change rules reads them", async ({ page }) => {
  await change(page, /\/api\/rules$/, (r: Schemas["RulesDocument"]) => ({ ...r, switchable: false }));
  await page.goto("/admin/rules");
  await expect(page.getByText("An administrator changes rules.")).toBeVisible();
  await expect(page.getByRole("button", { name: /Add|Change|Remove|Export|Import/ })).toHaveCount(0);
});

/** column is where a nation stands in the table, counted from the first cell that is no header. */
async function column(table: ReturnType<Page["getByRole"]>, nation: string): Promise<number> {
  await expect(table.getByRole("columnheader", { name: nation }).first()).toBeVisible();
  const heads = await table.getByRole("columnheader").allTextContents();
  return heads.indexOf(nation) - 1;
}
