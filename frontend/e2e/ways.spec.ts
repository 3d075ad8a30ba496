import { drafts, expect, openDraft, people, restricted, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

const atomal = { ...secret, categories: { ...secret.categories, "Special Category Designators": ["ATOMAL"] } };
const duty = "g2.duty@ukr.example";
// One person with two entries that name each other: only the account for the mission is cleared for it.
const bilyk = "taras.bilyk@ukr.example";
const bilykMission = "taras.bilyk.mission@ukr.example";

// What the program itself finds in the demonstration: no answer is altered here (RULES 18).
test.describe("ways forward", () => {
  test("a role of the same unit comes to the place of whom it stands for, passes, and is taken back", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, {
      action: [people.ukrNoATOMAL, people.ukr],
      info: [people.gbr],
      body: "x",
      label: atomal,
    });
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
    const way = draft.check.getByRole("button", { name: /^Write to .* instead of .*Лисак/ });
    await expect(way).toContainText("G2 Duty Officer"); // by name, although it is no recipient yet
    await way.click();
    const lists = async () => {
      const { action, info } = (await stored(demo, path)).content;
      return [action, info];
    };
    await expect.poll(lists).toEqual([[duty, people.ukr], [people.gbr]]);
    await expect(draft.sum()).toHaveText("All 3 may get this");
    await page.keyboard.press("Control+z");
    await expect.poll(lists).toEqual([[people.ukrNoATOMAL, people.ukr], [people.gbr]]);
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  });

  test("another address of the same person comes to the same place by one click, and one undo takes it back", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, {
      action: [people.gbr, bilyk],
      info: [people.ukr],
      body: "x",
      label: secret,
    });
    await openDraft(page, path);
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
    const way = draft.check.getByRole("button", { name: /^Write to .*Білик at / });
    await expect(way).toContainText("The same person, at an address that is cleared. All 3 then get it.");
    await way.hover();
    await expect(page.getByText(`then ${bilykMission}`)).toBeVisible();
    await way.click();
    const lists = async () => {
      const { action, info } = (await stored(demo, path)).content;
      return [action, info];
    };
    await expect.poll(lists).toEqual([[people.gbr, bilykMission], [people.ukr]]);
    await expect(draft.sum()).toHaveText("All 3 may get this");
    await page.keyboard.press("Control+z");
    await expect.poll(lists).toEqual([[people.gbr, bilyk], [people.ukr]]);
    await expect(draft.sum()).toHaveText("1 of 3 may not get this");
  });

  test("an address of the same person that is not cleared either is not proposed", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { action: [people.ukr, bilyk], body: "x", label: atomal }));
    await expect(draft.sum()).toHaveText("1 of 2 may not get this");
    await expect(draft.check.getByRole("button", { name: /^Leave out .*Білик/ })).toBeVisible();
    await expect(draft.check.getByRole("button", { name: /^Write to .*Білик at / })).toHaveCount(0);
  });

  test("a split leaves the others a draft without a label, with the paragraphs that they all may get", async ({
    page,
    demo,
  }) => {
    const draft = new DraftModel(page);
    const parts = [
      { text: "The ferry runs again.", label: restricted },
      { text: "Grid follows.", label: secret },
    ];
    const path = await storeDraft(demo, {
      action: [people.gbr, people.deu],
      subject: "Ferry",
      body: "",
      label: secret,
      parts,
    });
    await page.goto(path);
    await expect(draft.sum()).toHaveText("1 of 2 may not get this");
    const way = draft.check.getByRole("button", { name: /^Write to .*Krüger separately/ });
    await expect(way).toContainText("The second one holds what they all may get: 1 paragraph.");
    await expect(way).not.toContainText("text");
    await way.click();
    await expect.poll(async () => (await stored(demo, path)).content.action).toEqual([people.gbr]);
    const other = (await drafts(demo)).find((d) => !path.endsWith(d.id));
    const second = (await stored(demo, `/draft/${other?.id}`)).content;
    expect(second.action).toEqual([people.deu]);
    expect(second.label ?? "").toBe("");
    expect(second.parts?.map((p) => p.text)).toEqual(["The ferry runs again."]);
    await expect(draft.sum()).toHaveText("The recipient may get this");
  });
});

test("a paragraph above the label of the message is named, and stops it", async ({ page, demo, watch }) => {
  watch.expected.push(/status of 409/); // the block at Send
  const draft = new DraftModel(page);
  const parts = [
    { text: "The ferry runs again.", label: restricted },
    { text: "Grid follows.", label: atomal },
  ];
  await page.goto(await storeDraft(demo, { action: [people.gbr], subject: "Ferry", body: "", label: secret, parts }));
  const found = draft.check.getByRole("region", { name: "Paragraphs and attachments" });
  await expect(found).toContainText(/Paragraph 2 \(.*ATOMAL\)/);
  await expect(found).not.toContainText("Paragraph 1");
  await draft.send.click();
  await expect(draft.stopped).toContainText("The label of a paragraph or attachment stands in the way.");
  await expect(draft.stopped.getByRole("button", { name: /with my reasons|leave out/ })).toHaveCount(0);
});
