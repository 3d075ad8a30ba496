import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Report } from "../src/api/problem";
import type { Draft } from "../src/api/types";
import { newDir, type Program } from "./demo";
import { areRead, gated } from "./faults";
import { enter, expect, openDraft, people, restricted, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

// What other tests show with altered answers, here with what the program itself says.

const file = (name: string, text: string, mimeType = "text/plain") => ({ name, mimeType, buffer: Buffer.from(text) });

test("an attachment whose sidecar cannot be read is an error, and is told with what to do; without it all is well", async ({
  page,
  demo,
}) => {
  const draft = new DraftModel(page);
  const path = await storeDraft(demo, { action: [people.gbr, people.ukr], subject: "Plan", body: "x", label: secret });
  await openDraft(page, path);
  await expect(draft.sum()).toHaveText("All 2 may get this");
  await draft.attach(file("plan.txt", "The plan."), file("plan.txt.bdo", "<not a sidecar", "application/xml"));
  const kept = async () => (await stored(demo, path)).content.attachments?.map((a) => a.file).sort();
  await expect.poll(kept).toEqual(["plan.txt", "plan.txt.bdo"]);

  await expect(draft.check).toContainText('The attachment "plan.txt": The label in "plan.txt.bdo" cannot be read');
  await expect(draft.check).toContainText(
    'have its label mended where it comes from, or take the attachment "plan.txt" out',
  );
  await expect(draft.check).not.toContainText("may get this"); // nobody looks cleared
  await expect(draft.check.getByRole("region", { name: "Ways forward" })).toHaveCount(0);
  const files = page.getByRole("region", { name: "Attachments" }).getByRole("listitem");
  await expect(files.first()).toContainText("bears a label that cannot be read");

  for (const name of ["plan.txt", "plan.txt.bdo"]) {
    await page.getByRole("button", { name: `Remove ${name}`, exact: true }).click();
  }
  await expect(draft.sum()).toHaveText("All 2 may get this");
  await expect.poll(async () => (await kept()) ?? []).toEqual([]);
});

test("who is reached by an address and by a list is said once, at the chip and in the check, and it stops nothing", async ({
  page,
  demo,
}) => {
  const list = "mission-staff-list@ukr.example";
  const member = await memberOf(demo, list);
  const draft = new DraftModel(page);
  await openDraft(page, await storeDraft(demo, { action: [list, member], subject: "Twice", body: "x", label: secret }));
  await expect(draft.sum()).toHaveText("All 2 may get this");
  const known = draft.check.getByRole("region", { name: "Worth knowing" });
  await expect(known.getByRole("listitem")).toHaveCount(1);
  await expect(known).toContainText("The same person is reached twice.");
  await expect(known).toContainText("More than one address reaches: ");
  await expect(draft.sum()).toHaveText("All 2 may get this");
  await expect(draft.send).toBeEnabled();
  const chip = page.getByRole("list", { name: "2 recipients" }).getByRole("listitem").nth(1).getByRole("button");
  await chip.first().focus();
  await expect(page.getByRole("tooltip")).toContainText(`Also reached by ${list}`);

  await chip.first().press("Delete");
  await expect(page.getByRole("list", { name: "1 recipient" })).toBeVisible();
  await expect(known).toHaveCount(0);
});

/** memberOf gives the address of a member of a list, as the program says who is in it. */
async function memberOf(program: Program, list: string): Promise<string> {
  const report = (await program.api("POST", "/api/check", {
    channel: "mail",
    action: [list],
    body: "",
    label: secret,
  })) as Report;
  const member = report.recipients[0]?.members?.find((m) => m.kind === "person")?.address;
  if (!member) throw new Error(`nobody is known to be in ${list}`);
  return member;
}

test("the page's question leaves out what is written, and its answer is that of `caveat check` for the whole draft", async ({
  page,
  demo,
}) => {
  const content = {
    channel: "mail" as const,
    action: [people.gbr, people.deu, "exercise-list@gbr.example", "nobody@nowhere.example"],
    info: [people.ukrNoATOMAL, people.ukrUnreadable],
    exempted: [people.ukrNone],
    subject: "Bridge reconnaissance",
    body: "",
    parts: [
      { text: "Grid follows.", label: restricted },
      { text: "Ends.", label: secret },
    ],
    label: secret,
    primaryPrecedence: "flash",
    sic: ["ABC"],
    originatorReference: "J3/42",
    sendAt: "2099-11-21T14:05:00Z",
  };
  const path = await storeDraft(demo, content);
  const draft = new DraftModel(page);
  await page.goto(path);
  await expect(draft.sum()).toContainText("may not get this");
  const answered = page.waitForResponse((r) => {
    const { pathname } = new URL(r.url());
    return pathname === "/api/check" && (r.request().postDataJSON() as Draft).attachments?.length === 1;
  });
  await draft.attach(file("plan.txt", "The plan."));
  const answer = await answered;
  const asked = answer.request().postDataJSON() as Draft;
  expect([asked.subject ?? "", asked.body, asked.parts?.map((p) => p.text)]).toEqual(["", "", ["", ""]]);
  expect(answer.url()).toContain("lang=en");

  await expect.poll(async () => (await stored(demo, path)).content.attachments?.length).toBe(1);
  const whole = { ...content, attachments: (await stored(demo, path)).content.attachments };
  const dir = await newDir();
  await writeFile(join(dir, "draft.json"), JSON.stringify(whole));
  const { status, output } = await demo.command("check", "--draft", join(dir, "draft.json"), "--json");
  await rm(dir, { recursive: true });
  expect(status).toBe(3);
  const said = sameTime(await answer.text());
  expect(said.recipients).toHaveLength(6);
  expect(said).toEqual(sameTime(output));
});

/** sameTime is a report without when things were read, which goes on, and without the digest, which covers what is written too. */
function sameTime(text: string): Report {
  const said = text.replaceAll(/"readAt":\s*"[^"]*"|as published at [0-9:]+Z/g, (m) =>
    m.startsWith("as") ? "" : '"readAt":""',
  );
  return { ...(JSON.parse(said) as Report), draft: "" };
}

const user = { uid: "sarah.whitfield", unit: "J3" };
const corporal = { uid: "callum.fraser", unit: "J4" }; // cleared to RESTRICTED only

test("of a label above one's own clearance nobody is told who may get it, nor why not (RULES 19)", async ({
  page,
  context,
  demo,
  watch,
}) => {
  watch.expected.push(/status of 403/); // the refusals themselves
  const { program, stop } = await gated(demo, {
    edit: (text) =>
      text.replace(/\[\[identity\]\][\s\S]*?(?=\n\[|$)/, (section) =>
        section
          .replace(/^chat = .*\n/m, "") // that account stays the user's
          .replaceAll(user.uid, corporal.uid)
          .replace(`ou=${user.unit},`, `ou=${corporal.unit},`),
      ),
  });
  await enter(context, watch, program);
  await areRead(program, ["GBR", "UKR", "AUS", "DEU"]);
  await completionWithoutReasons(page, program);
  await receiveIsRefused(page, program);
  await page.close(); // it would miss the program
  await stop();
});

async function completionWithoutReasons(page: Page, program: Program): Promise<void> {
  const draft = new DraftModel(page);
  await openDraft(page, program.origin + (await storeDraft(program, { body: "x", label: secret })));
  for (const [typed, name] of [
    ["krueger juergen", /Krüger/],
    ["llewellyn sian", /Llewellyn/],
  ] as const) {
    await draft.to.fill(typed);
    await expect(page.getByRole("option", { name }).first()).toBeVisible();
    await expect(page.getByRole("option", { name: /cleared/i })).toHaveCount(0);
  }
  await page
    .getByRole("option", { name: /Llewellyn/ })
    .first()
    .click();
  await expect(draft.check).toContainText("Needs SECRET."); // of oneself it is told
}

async function receiveIsRefused(page: Page, program: Program): Promise<void> {
  await page.goto(`${program.origin}/book/receive`);
  await page.getByRole("button", { name: "Choose a label" }).click();
  await page.getByRole("radio", { name: "SECRET", exact: true }).check();
  await page.getByRole("checkbox", { name: "MROD", exact: true }).first().check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name: "Your own clearance does not permit this label" })).toBeVisible();
  await expect(page.getByRole("row", { name: /^UKR/ })).toHaveCount(0);
}
