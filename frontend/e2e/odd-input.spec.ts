import type { Page } from "@playwright/test";
import { expect, messages, openDraft, people, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

/** paste puts a text into what has the focus, as the clipboard would. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((t) => {
    const target = document.activeElement as HTMLInputElement;
    const data = new DataTransfer();
    data.setData("text/plain", t);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    if (target.dispatchEvent(event)) document.execCommand("insertText", false, t);
  }, text);
}

const script = `<script>document.title="gone"</script><img src=x onerror='document.title="gone"'>`;

test.describe("what people put in", () => {
  test("200 addresses pasted at once, in all the forms that mail programs write", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { label: secret, subject: "Many", body: "x" });
    await openDraft(page, path);
    const found = (await demo.api("GET", "/api/book/search?text=&limit=300&kind=person")) as {
      hits: { name: string; address: string }[];
    };
    const all = found.hits.slice(0, 200);
    expect(all).toHaveLength(200);
    const forms = [
      (h: (typeof all)[0]) => h.address,
      (h: (typeof all)[0]) => `${h.name} <${h.address}>`,
      (h: (typeof all)[0]) => `"${h.name}, HQ" <${h.address}>`,
      (h: (typeof all)[0]) => `<${h.address}>`,
      (h: (typeof all)[0]) => h.address.toUpperCase(),
      (h: (typeof all)[0]) => `  ${h.address}\t`,
    ];
    const separators = [", ", "; ", "\n", "\r\n", ",\n", ";"];
    const text = all.map((h, i) => (forms[i % 6]?.(h) ?? "") + (separators[i % 6] ?? ",")).join("");
    await draft.to.focus();
    await paste(page, `${text}${all[0]?.address}, somebody without an address; ${all[3]?.address}`);

    await expect(page.getByRole("list", { name: "200 recipients" })).toBeVisible();
    await expect(page.getByText("Not an address: somebody without an address")).toBeVisible();
    await expect(draft.sum()).toContainText(/of 200|All 200/);
    // The first and the newest are chips, each with its outcome; the others are one click away, and can be searched.
    const outcome = /: (Cleared|Not cleared|Unknown|Unreadable|Stale)$/;
    await expect(page.getByRole("button", { name: outcome })).toHaveCount(24);
    await page.getByRole("button", { name: "and 176 more" }).click();
    const rest = page.getByRole("region", { name: "200 recipients under To (action)" });
    await rest.getByRole("searchbox").fill(all[100]?.address ?? "");
    await expect(rest.getByRole("listitem")).toHaveCount(1);
    await expect(draft.saved).toBeVisible();
    const kept = (await stored(demo, path)).content.action ?? [];
    expect(kept.map((a) => a.toLowerCase())).toEqual(all.map((h) => h.address));
  });

  test("one address in the middle of a sentence is left to the person", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { label: secret, body: "x" }));
    await draft.to.focus();
    await paste(page, people.gbr);
    await expect(draft.chip(".*Llewellyn")).toBeVisible();
    await paste(page, "the G2 of the brigade");
    await expect(draft.to).toHaveValue("the G2 of the brigade");
    await expect(page.getByText("Finish the recipient “the G2 of the brigade”, or clear it.")).toBeVisible();
    await expect(draft.send).toBeDisabled();
  });

  test("the same person twice, in other letters, is one recipient", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { action: [people.gbr], label: secret, body: "x" }));
    await draft.to.focus();
    await paste(page, `${people.gbr.toUpperCase()}, ${people.ukr}`);
    await expect(page.getByRole("list", { name: "2 recipients" })).toBeVisible();
    await expect(draft.sum()).toHaveText("All 2 may get this");
  });

  test("a subject of 300 characters: kept, sent and shown in full", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const subject = `Long ${"subject ".repeat(36)}ends.`.padEnd(300, "!");
    const path = await storeDraft(demo, { action: [people.gbr], label: secret, body: "x" });
    await openDraft(page, path);
    await draft.subject.fill(subject);
    await expect(draft.saved).toBeVisible();
    await page.getByRole("link", { name: "Drafts", exact: true }).click();
    await expect(page.getByTitle(subject)).toBeVisible();
    await page.goto(path);
    await expect(draft.sum()).toHaveText("The recipient may get this");
    await draft.send.click();
    await expect(page).toHaveURL(/\/sent\//);
    await expect(page.getByRole("heading", { name: subject })).toBeVisible();
    expect((await messages(demo))[0]?.subject).toBe(subject);
  });

  test("a text of 1 MB is kept whole, and can still be typed in and sent", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const line = `${"0123456789 abcdef ghijklm nopqrs tuvwxyz. Žluťoučký Київ. ".repeat(100)}\n`;
    const body = line.repeat(200).slice(0, 1_000_000);
    const path = await storeDraft(demo, { action: [people.gbr], subject: "Large", label: secret });
    await openDraft(page, path);
    await draft.text.evaluate((e: HTMLTextAreaElement, text) => {
      // Not as the clipboard would: Chromium takes minutes for that in any text field, also in one of an empty page.
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(e, text);
      e.dispatchEvent(new Event("input", { bubbles: true }));
    }, body);
    await expect(draft.saved).toBeVisible();
    expect((await stored(demo, path)).content.body === body).toBe(true);
    await draft.text.press("Control+Home");
    await draft.text.pressSequentially("First. ");
    await expect.poll(async () => (await stored(demo, path)).content.body?.slice(0, 9)).toBe("First. 01");
    await page.reload();
    await expect.poll(async () => (await draft.text.inputValue()) === `First. ${body}`).toBe(true);
    await expect(draft.sum()).toHaveText("The recipient may get this");
    await draft.send.click();
    await expect(page).toHaveURL(/\/sent\//);
    await expect.poll(async () => (await messages(demo))[0]?.state).toBe("accepted");
  });

  test("right-to-left text, combined characters and emoji", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const subject = "تقرير الجسر 🌉 123";
    const body = "שלום 👩🏽‍🚒 e\u0301 Ǆ ﷽\n\u202Eright to left\u202C\nÅngström 漢字\u0000".replace("\u0000", "");
    const path = await storeDraft(demo, { action: [people.gbr], label: secret });
    await openDraft(page, path);
    await draft.subject.fill(subject);
    await draft.text.fill(body);
    await expect(draft.saved).toBeVisible();
    expect((await stored(demo, path)).content).toMatchObject({ subject, body });
    await expect(draft.sum()).toHaveText("The recipient may get this");
    await draft.send.click();
    await expect(page).toHaveURL(/\/sent\//);
    await expect(page.getByRole("heading", { name: subject })).toBeVisible();
    await expect(page.getByText("👩🏽‍🚒")).toContainText(body);
  });

  test("markup in every field is text", async ({ page, demo }) => {
    const draft = new DraftModel(page);
    const path = await storeDraft(demo, { label: secret });
    await openDraft(page, path);
    await draft.subject.fill(script);
    await draft.text.fill(script);
    await draft.to.fill(`${script}@x.example`);
    await expect(page.getByRole("option").first()).toBeVisible();
    await expect(page.getByText(`Finish the recipient “${script}@x.example”, or clear it.`)).toBeVisible();
    await draft.to.fill("");
    await draft.add("llewellyn sian", /Llewellyn/);
    await page.getByRole("button", { name: "Add Cc (info)" }).click();
    await page.getByRole("combobox", { name: "Cc (info)" }).focus();
    await paste(page, `${people.ukr}, ${people.ukrNoATOMAL}; ${script}`);
    await expect(page.getByText("Not an address: <script>")).toContainText(script);
    await expect(draft.saved).toBeVisible();
    await page.getByRole("link", { name: "Drafts", exact: true }).click();
    await expect(page.getByTitle(script)).toHaveText(script);
    await page.getByRole("link", { name: "Book" }).click();
    await page.getByRole("searchbox").fill(script);
    await expect(page.getByRole("heading", { name: /Nothing in the local copy matches/ })).toContainText(script);
    await page.goto(path);
    await expect(draft.sum()).toHaveText("All 3 may get this");
    await expect(draft.send).toBeDisabled(); // what was no address still stands in the field
    await page.getByRole("combobox", { name: "Cc (info)" }).fill("");
    await draft.send.click();
    await expect(page).toHaveURL(/\/sent\//);
    await expect(page.getByRole("heading", { name: script })).toBeVisible();
    await expect(page.locator("img, script:not([src])")).toHaveCount(0);
    await expect(page).not.toHaveTitle("gone");
  });
});
