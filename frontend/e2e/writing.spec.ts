import type { components } from "../src/api/schema";
import {
  drafts,
  expect,
  holdAnnouncements,
  messages,
  openDraft,
  people,
  restricted,
  secret,
  storeDraft,
  stored,
  test,
} from "./fixtures";
import { DraftModel } from "./models/draft";
import { sendOne } from "./reach";

const content = { action: [people.gbr], subject: "Bridge", body: "Grid follows.", label: secret };
const file = (name: string, text: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

test.describe("a less restrictive label (RULES 1)", () => {
  test("needs a reason in words, which is on record", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, content);
    await openDraft(page, path);
    await page.getByRole("button", { name: "Change label" }).click();
    await page.getByRole("radio", { name: "RESTRICTED", exact: true }).check();
    await expect(page.getByRole("alert").filter({ hasText: "This is less restrictive" })).toBeVisible();
    await expect(draft.marking).toHaveText("NATO/MROD SECRET");
    await expect(page.getByRole("button", { name: "Use this label" })).toBeDisabled();
    await page.getByRole("textbox", { name: "Why it is enough" }).fill("The grid was taken out");
    await page.keyboard.press("Enter");
    await expect(draft.marking).toHaveText("NATO/MROD RESTRICTED");
    await page.getByRole("button", { name: "Done" }).click();
    await expect
      .poll(async () => (await stored(demo, path)).content.relabelled)
      .toEqual([{ from: secret, to: restricted, reason: "The grid was taken out" }]);
  });

  test("undo of a more restrictive one that is kept already asks for the reason too", async ({ page, demo, watch }) => {
    watch.expected.push(/status of 4\d\d/);
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { ...content, label: restricted });
    await openDraft(page, path);
    await draft.label("SECRET");
    await expect.poll(async () => (await stored(demo, path)).content.label).toEqual(secret);
    await page.keyboard.press("Control+z");
    await page.getByRole("textbox", { name: "Why it is enough" }).fill("Chosen by mistake");
    await page.getByRole("button", { name: "Use this label" }).click();
    await expect.poll(async () => (await stored(demo, path)).content.label).toEqual(restricted);
    expect((await stored(demo, path)).content.relabelled?.[0]?.reason).toBe("Chosen by mistake");
  });
});

test.describe("the label picker", () => {
  test("says what everyone here can get before a label is chosen, and never afterwards", async ({ page, demo }) => {
    const { label: _, ...unlabelled } = content;
    await openDraft(page, await storeDraft(demo, { ...unlabelled, action: [people.gbr, people.ukrRestricted] }));
    await page.getByRole("button", { name: "Choose a label" }).click();
    const everyone = page.getByRole("region", { name: "What everyone here can get" });
    await expect(everyone).toContainText("RESTRICTED");
    await expect(everyone.getByRole("button")).toHaveCount(0); // information: nothing in it chooses a label
    await page.getByRole("radio", { name: "SECRET", exact: true }).check();
    await expect(new DraftModel(page).marking).toHaveText("NATO/MROD SECRET");
    await expect(everyone).toBeHidden();
  });

  test("finds a value by its name, and keeps favourites", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, content));
    await page.getByRole("button", { name: "Change label" }).click();
    const picker = page.getByRole("region", { name: "Label" });
    await picker.getByRole("searchbox", { name: "Find a value" }).fill("atom");
    await expect(picker.getByRole("checkbox", { name: "ATOMAL" })).toBeVisible();
    await expect(picker.getByRole("checkbox", { name: "BOHEMIA" })).toBeHidden();
    await picker.getByRole("searchbox", { name: "Find a value" }).fill("nothing like it");
    await expect(picker.getByText("This policy has nothing called “nothing like it”.")).toBeVisible();
    await picker.getByRole("searchbox", { name: "Find a value" }).fill("");
    await picker.getByRole("button", { name: "Keep this label" }).click();
    const favourite = picker
      .getByRole("group", { name: "Favourites" })
      .getByRole("button", { name: "NATO/MROD SECRET" });
    await expect(favourite).toBeVisible();
    await picker.getByRole("button", { name: "Done" }).click();

    await openDraft(page, await storeDraft(demo, { ...content, label: restricted }));
    await page.getByRole("button", { name: "Change label" }).click();
    await favourite.click();
    await expect(draft.marking).toHaveText("NATO/MROD SECRET");
    await picker.getByRole("button", { name: "Keep it no longer" }).click();
    await expect(favourite).toBeHidden();
  });
});

test.describe("attachments", () => {
  test("are chosen, take the message's label, and one that was removed comes back", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { ...content, subject: "Bridge with files" });
    await openDraft(page, path);
    await draft.attach(file("grid.txt", "36T UN 1 2"), file("piers.txt", "sound"));
    const list = page.getByRole("region", { name: "Attachments" });
    await expect(list.getByRole("link", { name: "Save grid.txt" })).toBeVisible();
    await expect(list.getByRole("link", { name: "Save piers.txt" })).toBeVisible();
    await expect(list.getByText("takes the message’s label")).toHaveCount(2);
    await expect
      .poll(async () => (await stored(demo, path)).content.attachments?.map((a) => a.file))
      .toEqual(["grid.txt", "piers.txt"]);
    await list.getByRole("button", { name: "Remove grid.txt" }).click();
    await expect(list.getByRole("link", { name: "Save grid.txt" })).toHaveCount(0);
    await page.keyboard.press("Control+z");
    await expect(list.getByRole("link", { name: "Save grid.txt" })).toBeVisible();

    await page.getByRole("button", { name: "Send to 1" }).click();
    await expect(page).toHaveURL(/\/sent\//);
    await expect.poll(async () => (await demo.delivered("GBR", "Bridge with files")).at(-1)).toContain("grid.txt");
  });

  test("can be dropped and pasted; one on its way can be stopped", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, content));
    const give = (kind: "drop" | "paste", name: string) =>
      page.evaluate(
        ([kind, name]) => {
          const files = new DataTransfer();
          files.items.add(new File(["x"], name ?? "", { type: "text/plain" }));
          const at = document.querySelector("textarea");
          const event =
            kind === "drop"
              ? new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true })
              : new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true });
          at?.dispatchEvent(event);
        },
        [kind, name],
      );
    await give("drop", "dropped.txt");
    await expect(page.getByRole("link", { name: "Save dropped.txt" })).toBeVisible();
    await give("paste", "pasted.txt");
    await expect(page.getByRole("link", { name: "Save pasted.txt" })).toBeVisible();
    await page.route("**/api/attachments?*", () => undefined); // it never ends
    await give("drop", "slow.bin");
    await expect(page.getByRole("progressbar", { name: "slow.bin is on its way" })).toBeVisible();
    await expect(page.getByText("Wait until the files are attached, or stop them.")).toBeVisible();
    await expect(draft.send).toBeDisabled();
    await page.getByRole("button", { name: "Stop attaching slow.bin" }).click();
    await expect(page.getByRole("progressbar")).toHaveCount(0);
    await expect(draft.send).toBeEnabled();
  });
});

test("military fields fold into one line, are kept, sent, and a wrong one is said at its field", async ({
  page,
  demo,
  watch,
}) => {
  watch.expected.push(/status of 4\d\d/);
  const path = await storeDraft(demo, { ...content, subject: "Military bridge" });
  await openDraft(page, path);
  await page.getByRole("button", { name: "Military fields: Nothing set" }).click();
  await page.getByRole("combobox", { name: "Precedence (action)" }).selectOption("Immediate");
  await page.getByRole("combobox", { name: "Precedence (info)" }).selectOption("Routine");
  const sic = page.getByRole("textbox", { name: "Subject indicator codes" });
  await sic.fill("ABC, X");
  await page.getByRole("combobox", { name: "Message type" }).selectOption("Exercise");
  await page.getByRole("textbox", { name: "Name of the exercise or operation" }).fill("NORTHERN LIGHT");
  await expect
    .poll(async () => (await stored(demo, path)).content)
    .toMatchObject({
      primaryPrecedence: "immediate",
      copyPrecedence: "routine",
      sic: ["ABC", "X"],
      messageType: 'exercise; identifier="NORTHERN LIGHT"',
    });
  await page.keyboard.press("Control+Enter");
  await expect(sic).toHaveAccessibleDescription(/3 to 8 characters/);
  await sic.fill("ABC, DEF");
  await page.keyboard.press("Control+Enter");
  await expect(page).toHaveURL(/\/sent\//);
  const arrived = async () => (await demo.delivered("GBR", "Military bridge")).at(-1);
  await expect.poll(arrived).toMatch(/^MMHS-Primary-Precedence: immediate/im);
});

test("a draft is kept as a template, begun from, and a deleted template comes back", async ({ page, demo }) => {
  await holdAnnouncements(page);
  await openDraft(page, await storeDraft(demo, content));
  await page.getByRole("button", { name: "Save as template" }).click();
  await page.getByRole("textbox", { name: "Name of the template" }).fill("Bridge report");
  await page.getByRole("button", { name: "Save the template" }).click();
  await page.goto("/");
  const use = page.getByRole("button", { name: /^Bridge report .*New draft from it$/ });
  await use.click();
  await expect(page).toHaveURL(/\/draft\//);
  await expect(new DraftModel(page).text).toHaveValue("Grid follows.");
  await expect(new DraftModel(page).marking).toHaveText("NATO/MROD SECRET");
  expect(await drafts(demo)).toHaveLength(2);
  await page.goto("/");
  await page.getByRole("button", { name: "Delete the template Bridge report" }).click();
  await expect(use).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(use).toBeVisible();
  await page.getByRole("button", { name: "Delete the template Bridge report" }).click();
  await expect(use).toHaveCount(0);
});

test("an earlier version is read and restored, and undo brings the later one back", async ({ page, demo }) => {
  await holdAnnouncements(page);
  const draft = new DraftModel(page);
  const path = await storeDraft(demo, content);
  const id = path.split("/").at(-1);
  await demo.api("PUT", `/api/drafts/${id}`, {
    version: 1,
    content: { ...content, channel: "mail", body: "Rewritten." },
  });
  await openDraft(page, path);
  await expect(draft.text).toHaveValue("Rewritten.");
  await page.getByRole("button", { name: "History" }).click();
  const dialog = page.getByRole("dialog", { name: "Earlier versions" });
  await dialog.getByRole("button", { name: /Grid follows\./ }).click();
  await expect(dialog.getByRole("region", { name: "The version" })).toContainText("Grid follows.");
  await dialog.getByRole("button", { name: /^Restore the version of/ }).click();
  await expect(draft.text).toHaveValue("Grid follows.");
  await expect.poll(async () => (await stored(demo, path)).content.body).toBe("Grid follows.");
  await page.getByRole("status").getByRole("button", { name: "Undo" }).last().click();
  await expect(draft.text).toHaveValue("Rewritten.");
  await expect.poll(async () => (await stored(demo, path)).content.body).toBe("Rewritten.");
});

test("a message is sent at a time, which the button says in UTC; it can be dropped until then", async ({
  page,
  demo,
}) => {
  await openDraft(page, await storeDraft(demo, content));
  await page.getByRole("button", { name: "Choose when it is sent" }).click();
  const time = page.getByRole("textbox", { name: "Time (UTC)" });
  await expect(time).toBeFocused();
  await page.getByRole("textbox", { name: "Day" }).fill("2099-11-21");
  await time.fill("1405");
  await expect(page.getByText("21 Nov 2099, 14:05Z · 211405ZNOV99")).toBeVisible();
  await time.fill("25:00");
  await expect(page.getByText("Write the day as 2026-11-21 and the time as 14:05.")).toBeVisible();
  await time.fill("14:05");
  await page.getByRole("button", { name: "Set to 21 Nov 2099, 14:05Z" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Send to 1 at 21 Nov 2099, 14:05Z" }).click();
  await expect(page).toHaveURL(/\/sent\//);
  const [sent] = await messages(demo);
  expect(sent?.sendAt).toBe("2099-11-21T14:05:00Z");
  expect(sent?.state).toBe("queued");
  await demo.api("POST", `/api/messages/${sent?.id}/drop`);
});

test.describe("reply and forward", () => {
  test("keep the label, which cannot be made less restrictive", async ({ page, demo }) => {
    const id = await sendOne(demo);
    await page.goto(`/sent/${id}`);
    await page.getByRole("button", { name: "Reply to all" }).click();
    await expect(page).toHaveURL(/\/draft\//);
    const draft = new DraftModel(page);
    await expect(draft.subject).toHaveValue("Re: Bridge reconnaissance");
    await expect(draft.marking).toHaveText("NATO/MROD SECRET");
    await page.getByRole("button", { name: "Change label" }).click();
    const low = page.getByRole("radio", { name: "RESTRICTED", exact: true });
    await expect(low).toHaveAttribute("aria-disabled", "true");
    await expect(low).toHaveAccessibleDescription(/answers or forwards is SECRET/);
    await low.click({ force: true });
    await expect(draft.marking).toHaveText("NATO/MROD SECRET");
  });

  test("a forward has the message as an attachment with its own marking; so has one from a file", async ({
    page,
    demo,
  }) => {
    const id = await sendOne(demo);
    await page.goto(`/sent/${id}`);
    await page.getByRole("button", { name: "Forward" }).click();
    const list = page.getByRole("region", { name: "Attachments" });
    await expect(list.getByRole("link", { name: /^Save .*\.eml$/ })).toBeVisible();
    await expect(list.getByText("takes the message’s label")).toHaveCount(0);

    const wire = await page.request.get(`/api/messages/${id}/wire`);
    await page.goto("/");
    await page.getByRole("button", { name: "From a message file" }).click();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Reply…", exact: true }).click();
    await (await chooser).setFiles({ name: "m.eml", mimeType: "message/rfc822", buffer: await wire.body() });
    await expect(page).toHaveURL(/\/draft\//);
    await expect(new DraftModel(page).marking).toHaveText("NATO/MROD SECRET");
    const all = await drafts(demo);
    const [newest] = all as components["schemas"]["DraftSummary"][];
    expect((await stored(demo, `/draft/${newest?.id}`)).content.inherited).toMatchObject({ classification: "SECRET" });
  });
});
