import type { BrowserContext, Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import type { Demo, Program } from "./demo";
import { areRead, type Gated, gated } from "./faults";
import { enter, expect, messages, openDraft, people, secret, storeDraft, test, type Watch } from "./fixtures";
import { DraftModel } from "./models/draft";

type Schemas = components["schemas"];

const stale = `
[[rule]]
name = "the line is slow"
outcome = "stale"
action = "warn"
`;

const wide = (action: "warn" | "block") => `
[[threshold]]
name = "two at SECRET"
classification = "SECRET"
limit = 2
action = "${action}"
`;

const content = { action: [people.ukr], subject: "Bridge reconnaissance", body: "Grid follows.", label: secret };
const reasonWanted = "The bridge goes up tonight.";

/** begin starts an installation with rules of its own, and opens a draft in it. */
async function begin(
  at: { page: Page; context: BrowserContext; demo: Demo; watch: Watch },
  options: { check?: string; rules: string },
  draft: Schemas["DraftContent"] = content,
): Promise<Gated & { draft: DraftModel }> {
  at.watch.expected.push(/status of 409/); // the block at Send
  const all = await gated(at.demo, options);
  await enter(at.context, at.watch, all.program);
  await areRead(all.program, ["GBR", "UKR", "AUS", "DEU"]);
  await openDraft(at.page, all.program.origin + (await storeDraft(all.program, draft)));
  return { ...all, draft: new DraftModel(at.page) };
}

async function end(page: Page, stop: () => Promise<void>): Promise<void> {
  await page.close(); // it would miss the program
  await stop();
}

/** sent waits until a message was handed over, and gives it with the report that it rests on. */
async function sent(page: Page, program: Program): Promise<Schemas["Message"]> {
  await expect(page).toHaveURL(/\/sent\//);
  const id = (await messages(program))[0]?.id;
  return (await program.api("GET", `/api/messages/${id}`)) as Schemas["Message"];
}

// Rules that the administrator made, in the program itself: nothing here is an altered answer (RULES 14, 15).
test.describe("what the installation's rules only warn of", () => {
  test("is passed with a reason by a sender whose own clearance could not be read again", async ({
    page,
    context,
    demo,
    watch,
  }) => {
    const { draft, program, gates, stop } = await begin(
      { page, context, demo, watch },
      { check: "sending_age = '1s'", rules: stale },
    );
    await expect(draft.sum()).toHaveText("The recipient may get this");
    await gates.GBR.shut();
    await page.waitForTimeout(1100); // at least: past the sending age
    await draft.send.click();
    await draft.calm();
    await expect(draft.stopped).toContainText("Your own clearance could not be checked");
    const all = draft.stopped.getByRole("button", { name: "Send to all 1, with my reasons on record" });
    await expect(all).toBeDisabled();
    await draft.stopped.getByRole("textbox", { name: "Why it must be sent all the same" }).fill(reasonWanted);
    await all.click();
    const message = await sent(page, program);
    expect(JSON.stringify(message)).toContain(reasonWanted);
    expect(message.recipients.map((r) => r.address)).toEqual([people.ukr]);
    await end(page, stop);
  });

  test("names whom it was otherwise of while one wrote, and is passed with a reason for each", async ({
    page,
    context,
    demo,
    watch,
  }) => {
    const { draft, program, gates, stop } = await begin(
      { page, context, demo, watch },
      { check: "sending_age = '1s'", rules: stale },
      { ...content, action: [people.gbr, people.ukr] },
    );
    await expect(draft.sum()).toHaveText("All 2 may get this");
    await gates.UKR.shut();
    await page.waitForTimeout(1100); // at least: past the sending age
    await draft.send.click();
    await draft.calm();
    const changed = draft.stopped.getByRole("list", { name: "Changed since you wrote it (1)" });
    await expect(changed).toContainText("Олена Ковальчук");
    await expect(changed).toContainText(/Cleared .*, not now\./);
    await expect(draft.stopped).not.toContainText("Llewellyn");
    await draft.stopped.getByRole("textbox", { name: /^Why .*Ковальчук must get it/ }).fill(reasonWanted);
    await draft.stopped.getByRole("button", { name: "Send to all 2, with my reasons on record" }).click();
    const message = await sent(page, program);
    expect(JSON.stringify(message)).toContain(reasonWanted);
    expect(message.recipients.map((r) => r.address)).toEqual([people.gbr, people.ukr]);
    await end(page, stop);
  });

  const three = { ...content, action: [people.gbr, people.ukr, "kiri.tamati@aus.example"] };

  test("is a number of recipients: said while one writes, and passed with one reason", async ({
    page,
    context,
    demo,
    watch,
  }) => {
    const { draft, program, stop } = await begin({ page, context, demo, watch }, { rules: wide("warn") }, three);
    const exceeded = draft.check.getByRole("region", { name: "Too many recipients" });
    await expect(exceeded).toContainText("3 recipients; the rule allows 2 from SECRET on.");
    await expect(exceeded).toContainText("May be sent with a reason of yours");
    await draft.send.click();
    await draft.calm();
    await draft.stopped
      .getByRole("textbox", { name: "Why so many must get it (rule two at SECRET)" })
      .fill(reasonWanted);
    await draft.stopped.getByRole("button", { name: "Send to all 3, with my reasons on record" }).click();
    expect((await sent(page, program)).recipients).toHaveLength(3);
    await end(page, stop);
  });

  test("a number that blocks leaves no way but fewer recipients", async ({ page, context, demo, watch }) => {
    const { draft, program, stop } = await begin({ page, context, demo, watch }, { rules: wide("block") }, three);
    await draft.send.click();
    await expect(draft.stopped).toContainText("3 recipients; the rule allows 2 from SECRET on.");
    await expect(draft.stopped.getByRole("textbox")).toHaveCount(0);
    await expect(draft.stopped.getByRole("button", { name: /with my reasons/ })).toHaveCount(0);
    await draft.stopped.getByRole("button", { name: "Back to the draft" }).click();
    await page.getByRole("button", { name: /^Remove .*Tāmati/ }).click();
    await expect(draft.check.getByRole("region", { name: "Too many recipients" })).toHaveCount(0);
    await draft.send.click();
    expect((await sent(page, program)).recipients).toHaveLength(2);
    await end(page, stop);
  });
});
