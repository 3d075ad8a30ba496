import { readFile } from "node:fs/promises";
import type { components } from "../src/api/schema";
import type { Demo } from "./demo";
import { expect, people, secret, test } from "./fixtures";

type Schemas = components["schemas"];

test.use({ roles: ["drafter", "auditor"] });

const subject = "Zebra crossing";

/** send has a message taken by the servers of the demonstration, and gives its id. */
async function send(demo: Demo, ...to: string[]): Promise<string> {
  const draft = { channel: "mail", action: to, subject, body: "The zebra crosses at dawn.", label: secret };
  const sent = (await demo.api("POST", "/api/send", { draft })) as Schemas["Sent"];
  const id = sent.message ?? "";
  await expect
    .poll(async () => ((await demo.api("GET", `/api/messages/${id}`)) as Schemas["SentMessage"]).state)
    .toBe("accepted");
  return id;
}

test("who got this, and on what evidence", async ({ page, demo }, info) => {
  const id = await send(demo, people.gbr, people.ukr);
  await page.goto(`/sent/${id}`);
  await page.getByRole("link", { name: "In the log" }).click();
  await expect(page.getByRole("heading", { name: `Who got <${id}@gbr.example>` })).toBeFocused();
  const detail = page.getByRole("article");
  await expect(detail).toContainText("2 got it");
  const olena = detail.getByRole("listitem").filter({ hasText: people.ukr }).first();
  await expect(olena).toContainText("Got it");
  await expect(olena).toContainText("Directory UKR");
  await expect(olena).toContainText(/read \d+ \w+ 20\d\d, \d\d:\d\dZ by (LDAPS|StartTLS)/);
  await expect(olena).toContainText(/uid=/i);
  await expect(detail.getByText(/^[0-9a-f]{64}$/).first()).toBeVisible();
  await expect(detail).not.toContainText("ebra"); // neither subject nor text is in the log
  await page.setViewportSize({ width: 1024, height: 700 });

  // One of its lines, with a proof that holds elsewhere.
  await detail
    .getByRole("link", { name: /^Line / })
    .first()
    .click();
  await expect(detail).toContainText("It matches its own hash, follows the line before it");
  await expect(detail.locator("code")).toContainText(`"message":"${id}"`);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Save a proof" }).click(),
  ]);
  const path = info.outputPath("proof.json");
  await file.saveAs(path);
  const verified = await demo.command("audit", "verify", "--proof", path);
  expect(verified.output).toContain("checkpoint");
});

test("the log is looked through by what is in it, with the keyboard too", async ({ page, demo }) => {
  const id = await send(demo, people.gbr);
  await page.goto("/admin/audit");
  const log = page.getByRole("grid", { name: "Lines of the audit log" });
  await expect(log.getByRole("row").nth(1)).toBeVisible();

  const search = page.getByRole("textbox", { name: "Search the log" });
  await search.fill("zebra");
  await search.press("Enter");
  await expect(page.getByRole("heading", { name: "No line fits" })).toBeVisible();
  await page.getByRole("button", { name: "Reset" }).click();

  const message = page.getByRole("textbox", { name: "Message or Message-ID" });
  await message.fill(`<${id}@gbr.example>`);
  await message.press("Enter");
  await expect(log.getByRole("row")).toHaveCount(5); // the heading, the decision, that on the copy, the hand-over, the answer
  await expect(log).toContainText("Let leave for 1 recipient");
  await log.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/admin\/audit\/\d+$/);
  await expect(page.getByRole("article").getByRole("heading", { level: 1 })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/admin\/audit$/);
  await expect(log).toBeFocused();
  await page.getByRole("button", { name: "Reset" }).click();

  await page.getByRole("link", { name: "Who got this?" }).click();
  const sent = page.getByRole("grid", { name: "Messages that were sent" });
  await expect(sent.getByRole("row").nth(1)).toContainText("NATO/MROD SECRET");
});

test("the log is exported whole and since a line, and both are verified", async ({ page, demo }, info) => {
  await send(demo, people.gbr);
  await page.goto("/admin/audit/export");
  const save = async (name: string) => {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Save as a file" }).click(),
    ]);
    const path = info.outputPath(name);
    await file.saveAs(path);
    return path;
  };
  const whole = await save("whole.jsonl");
  const verified = await demo.command("audit", "verify", whole);
  expect(verified.status, verified.output).toBe(0);
  const text = await readFile(whole, "utf8");
  expect(text).not.toContain("ebra");
  const last = text.trimEnd().split("\n").length;

  await send(demo, people.gbr);
  await page.reload();
  await page.getByRole("combobox", { name: "What" }).selectOption("Only lines after");
  await page.getByRole("textbox", { name: "Number of the last line that you have" }).fill(String(last));
  const since = await readFile(await save("since.jsonl"), "utf8");
  expect(JSON.parse(since.split("\n")[0] ?? "").seq).toBe(last + 1);
});

test("what was sent is decided anew, and what cannot be decided is told apart", async ({ page, demo }) => {
  const id = await send(demo, people.gbr, people.ukr);
  await page.goto("/admin/audit/refused");
  await page.getByRole("button", { name: "Decide anew" }).click();
  await expect(page.getByRole("heading", { name: "Everything would leave as it did" })).toBeVisible();

  // How it is decided is tested beside the program (backend/api/audit_test.go): here how it is said.
  await page.route("**/api/audit/refused*", async (route) => {
    const answer = await route.fetch();
    const whole = (await answer.json()) as Schemas["RefusedPage"];
    const line: Schemas["AuditLine"] = { seq: 2, type: "decision", message: id, marking: "NATO/MROD SECRET" };
    const common = { reasons: ["Needs MROD."], directory: "UKR" };
    const recipients: Schemas["RefusedFor"][] = [
      { ...common, address: people.ukr, nation: "UKR", outcome: "not-cleared", finding: "refused", got: "yes" },
      { ...common, outcome: "stale", address: people.deu, nation: "DEU", finding: "undecided", got: "perhaps" },
    ];
    await route.fulfill({ json: { ...whole, messages: [{ message: line, label: [], recipients }] } });
  });
  await page.getByRole("button", { name: "Decide anew" }).click();
  const found = page.getByRole("listitem").filter({ hasText: id }).first();
  await expect(found).toContainText(people.ukr);
  await expect(found).toContainText("Would be refused");
  await expect(found).toContainText("Cannot be said");
  await expect(page.getByText("1 message would now be refused")).toBeVisible();
  await found.getByRole("link", { name: /^Who got it/ }).click();
  await expect(page.getByRole("article")).toContainText("2 got it");
});

test("who is neither auditor nor administrator is told whose it is", async ({ page }) => {
  await page.route("**/api/installation*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), roles: ["drafter"] } });
  });
  await page.goto("/admin/audit");
  await expect(page.getByRole("heading", { name: "The audit log is for auditors and administrators" })).toBeVisible();
});
