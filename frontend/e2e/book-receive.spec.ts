import type { components } from "../src/api/schema";
import { expect, people, secret, test } from "./fixtures";
import { receive } from "./reach";

type Schemas = components["schemas"];

test("who may receive agrees with the check of each", async ({ page, demo }) => {
  await receive(page);
  const gbr = page.getByRole("row", { name: /^GBR/ });
  const cells = await gbr.getByRole("gridcell").allTextContents();
  const [total, may] = [cells[2], cells[3]].map((c) => Number(c?.replace(/\D/g, "")));

  // The same label, and every person of the nation, in a draft that is checked.
  const found = (await demo.api(
    "GET",
    "/api/book/search?text=&nation=GBR&kind=person&channel=mail&limit=1000",
  )) as Schemas["SearchDocument"];
  expect(found.hits.length).toBe(total);
  const report = (await demo.api("POST", "/api/check", {
    channel: "mail",
    label: secret,
    action: found.hits.map((h) => h.address),
    info: [],
    body: "x",
  })) as Schemas["Report"];
  const cleared = report.recipients.filter((r) => r.verdict.outcome === "cleared" && r.link.outcome === "cleared");
  expect(cleared.length).toBe(may);
});

test("one goes down to a unit and sees only those who may", async ({ page }) => {
  await receive(page);
  await page.getByRole("row", { name: /^UKR/ }).click();
  await page.getByRole("row", { name: /J3/ }).first().click();
  await expect(page.getByRole("row", { name: /@ukr\.example/ }).first()).toBeVisible();
  await page.getByRole("button", { name: "All nations" }).click();
  await expect(page.getByRole("row", { name: /^DEU/ })).toBeVisible();
});

test("why not is answered in words, and says what is missing, not what is held", async ({ page }) => {
  await receive(page);
  await page.getByRole("combobox", { name: "A person, or an address" }).fill(people.ukrRestricted);
  await page.getByRole("button", { name: "Ask about this address" }).click();
  const answer = page.getByRole("region", { name: "Why not?" });
  await expect(answer).toContainText("may not receive it.");
  await expect(answer).toContainText(/SECRET/);
  await expect(answer).not.toContainText("RESTRICTED");
});

test("a label above one's own clearance is explained, not answered (RULES 19)", async ({ page, watch }) => {
  watch.expected.push(/status of 403/);
  await page.route("**/api/book/receive", (r) =>
    r.fulfill({
      status: 403,
      contentType: "application/problem+json",
      body: JSON.stringify({ title: "Forbidden", status: 403, code: "user-own-clearance", detail: "" }),
    }),
  );
  await page.goto("/book/receive");
  await page.getByRole("button", { name: "Choose a label" }).click();
  await page.getByRole("radio", { name: "SECRET", exact: true }).check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name: "Your own clearance does not permit this label" })).toBeVisible();
});
