import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { gated } from "./faults";
import { enter, expect, people, test } from "./fixtures";
import { DraftModel } from "./models/draft";
import { Slapd } from "./slapd";

type Schemas = components["schemas"];

/** withoutUKR is the installation of somebody who has not heard of UKR yet, and may do everything. */
function withoutUKR(file: string): string {
  const sections = file.split(/^(?=\[\[?\w+\]\]?$)/m);
  return sections
    .filter((s) => !/^\[\[(directory|route)\]\]/.test(s) || !/^nation = 'UKR'$/m.test(s))
    .join("")
    .replace(/^roles = .*\n/m, "");
}

const officer = { uid: "ok", given: "Olena", surname: "Kovalchuk", mail: people.ukr };
const subject = "First words to a new nation";
const classes = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"];

test("an administrator sets a nation up from nothing: asked, trusted, added, read, routed, checked, sent", async ({
  page,
  context,
  demo,
  watch,
}) => {
  const low = {
    uid: "low",
    given: "Taras",
    surname: "Low",
    mail: "taras.low@ukr.example",
    classes: classes.slice(0, 2),
  };
  const slapd = await Slapd.start("o=ukr", [{ ...officer, classes }, low]);
  const { program, stop } = await gated(demo, { edit: withoutUKR });
  await enter(context, watch, program);
  watch.expected.push(/status of 422/); // the route that the rules refuse
  await page.goto(`${program.origin}/admin/directories`);
  await expect(page.getByRole("row", { name: /GBR/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /UKR/ })).toHaveCount(0);

  await add(page, slapd);
  await expect(page.getByText("It decides for no domain", { exact: false })).toHaveCount(0);
  const detail = page.getByRole("article");
  await detail.getByRole("button", { name: "Read now" }).click();
  const read = async () => (await stateOf(program)).entries;
  await expect.poll(read).toBe(3); // two people, and the organisation
  await expect(detail.getByText("Complete", { exact: true }).first()).toBeVisible();

  await makeRoute(page);

  const draft = new DraftModel(page);
  await page.goto(`${program.origin}/`);
  await page.getByRole("link", { name: "New draft" }).click();
  await draft.to.waitFor();
  await draft.label("SECRET", "MROD");
  await draft.add("kovalchuk", /Kovalchuk/);
  await draft.add("low taras", /Low/);
  await draft.subject.fill(subject);
  await draft.text.fill("Can you read this?");
  await expect(draft.sum()).toHaveText("1 of 2 may not get this");
  await draft.check.getByRole("button", { name: /^Leave out .*Low/ }).click();
  await expect(draft.sum()).toHaveText("The recipient may get this");
  const before = (await demo.delivered("UKR", subject)).length;
  await draft.send.click();
  await expect(page).toHaveURL(/\/sent\//);
  await expect(page.getByRole("article").getByText("Accepted").first()).toBeVisible();
  await expect.poll(async () => (await demo.delivered("UKR", subject)).length).toBe(before + 1);

  await pauseAndRemove(page, program);
  await page.close();
  await stop();
  await slapd.stop();
});

/** add sets the directory up from its address: the server shows its certificates, its CA is trusted, its key pinned, every step is answered. */
async function add(page: Page, slapd: Slapd): Promise<void> {
  await page.getByRole("button", { name: "Add a directory" }).click();
  await page.getByRole("textbox", { name: "Addresses of its servers" }).fill(slapd.url);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("UKR");
  await page.getByRole("textbox", { name: "Nation" }).fill("UKR");
  await page.getByRole("combobox", { name: "Login" }).selectOption("simple");
  await page.getByRole("textbox", { name: "DN to log in with" }).fill(slapd.reader.dn);
  await page.getByRole("textbox", { name: "Password" }).fill(slapd.reader.password);
  await page.getByRole("textbox", { name: "Mail domains for which it decides" }).fill("ukr.example");
  await page.getByRole("combobox", { name: "What is kept here" }).selectOption("mirror");
  await page.getByRole("button", { name: "Ask the server" }).click();
  await expect(page.getByRole("heading", { name: "Whom is it to be trusted by?" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Certificates that the server shows" })).toContainText("Signal CA");
  await page.getByRole("button", { name: "Trust the CA Signal CA" }).click();
  await page.getByRole("button", { name: "Pin the server’s key" }).click();
  await expect(page.getByText("The server’s key is pinned", { exact: false })).toBeVisible();
  const steps = page.getByRole("list", { name: "Step by step" });
  await expect(steps).toContainText("It took our login.");
  await expect(steps).toContainText("Entries have a clearance");
  await expect(steps).toContainText("2 of 2 entries looked at have one");
  await expect(steps.locator('[data-ok="false"]')).toHaveCount(0);
  await expect(page.getByText(/Ways that it offers, best first: by what changed \(syncrepl\)/)).toBeVisible();
  await page.getByRole("button", { name: "Add UKR as proposed" }).click();
  await expect(page).toHaveURL(/\/admin\/directories\/UKR$/);
}

/** makeRoute makes the way to the nation: refused where the peer would get what is for another nation only (RULES 11). */
async function makeRoute(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Nations and routes" }).click();
  await expect(page.getByText("No route leads to ukr.example by mail: nothing can be sent there.")).toBeVisible();
  await page.getByRole("button", { name: "Make the route to ukr.example by Mail" }).click();
  const form = page.getByRole("form", { name: "Route to ukr.example" });
  await form.getByRole("textbox", { name: "Name of the link" }).fill("GBR-UKR");
  await form.getByRole("combobox", { name: "Up to" }).selectOption("SECRET");
  await form.getByRole("checkbox", { name: "MROD" }).check();
  const only = form.getByRole("group", { name: "Only" });
  await only.getByRole("checkbox", { name: "GBR" }).check();
  await form.getByRole("button", { name: "Save the route to ukr.example" }).click();
  await expect(form.getByText("take it out", { exact: false }).first()).toBeVisible();
  await only.getByRole("checkbox", { name: "GBR" }).uncheck();
  await form.getByRole("button", { name: "Save the route to ukr.example" }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByRole("row", { name: /ukr\.example/ })).toContainText("Up to SECRET · Context: MROD");
}

type Running = { api: (method: string, path: string) => Promise<unknown>; origin: string };

async function stateOf(program: Running): Promise<Schemas["DirectoryDocument"]> {
  const all = (await program.api("GET", "/api/directories")) as Schemas["DirectoryDocument"][];
  return all.find((d) => d.name === "UKR") as Schemas["DirectoryDocument"];
}

/** pauseAndRemove ends what was begun: the directory is paused, resumed, and taken out; what was set up is in the log. */
async function pauseAndRemove(page: Page, program: Running): Promise<void> {
  await page.goto(`${program.origin}/admin/directories/UKR`);
  const detail = page.getByRole("article");
  await detail.getByRole("button", { name: "Pause" }).click();
  await expect(detail.getByText("It is neither read nor asked.", { exact: false })).toBeVisible();
  await detail.getByRole("button", { name: "Resume" }).click();
  await expect(detail.getByRole("button", { name: "Pause" })).toBeVisible();
  await detail.getByText("Remove this directory").click();
  await expect(detail.getByText("Nobody decides then for ukr.example", { exact: false })).toBeVisible();
  await detail.getByRole("button", { name: "Remove UKR and forget its 3 entries" }).click();
  await expect(page).toHaveURL(/\/admin\/directories$/);
  await expect(page.getByRole("row", { name: /UKR/ })).toHaveCount(0);
}
