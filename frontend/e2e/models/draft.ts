import { expect, type Locator, type Page } from "@playwright/test";

/** DraftModel finds the things of the draft page as a person would: by what they are and what they say. */
export class DraftModel {
  readonly page: Page;
  readonly marking: Locator;
  readonly to: Locator;
  readonly subject: Locator;
  readonly text: Locator;
  readonly check: Locator;
  readonly send: Locator;
  readonly stopped: Locator;
  readonly saved: Locator;

  constructor(page: Page) {
    this.page = page;
    this.marking = page.getByRole("note", { name: "Marking of this draft" }).first();
    this.to = page.getByRole("combobox", { name: "To (action)" });
    this.subject = page.getByRole("textbox", { name: "Subject" });
    this.text = page.getByRole("textbox", { name: "Text" });
    this.check = page.getByRole("complementary", { name: "Check" });
    this.send = page.getByRole("button", { name: /^(Send to|Check again and send)/ });
    this.stopped = page.getByRole("alertdialog", { name: "Stopped: nothing was sent" });
    this.saved = page.getByText(/^Saved \d\d:\d\dZ$/);
  }

  /** begin opens a new draft from the list of drafts. */
  async begin(): Promise<void> {
    await this.page.goto("/");
    await this.page.getByRole("link", { name: "New draft" }).click();
    await this.to.waitFor();
  }

  /** label chooses a classification and values in the picker. */
  async label(classification: string, ...values: string[]): Promise<void> {
    await this.page.getByRole("button", { name: /^(Choose a|Change) label$/ }).click();
    const picker = this.page.getByRole("region", { name: "Label" });
    await picker.getByRole("radio", { name: classification, exact: true }).check();
    for (const v of values) await picker.getByRole("checkbox", { name: v, exact: true }).first().check();
    await picker.getByRole("button", { name: "Done" }).click();
  }

  /** relabel chooses a less restrictive classification, and says why it is enough. */
  async relabel(classification: string, reason: string): Promise<void> {
    await this.page.getByRole("button", { name: "Change label" }).click();
    const picker = this.page.getByRole("region", { name: "Label" });
    await picker.getByRole("radio", { name: classification, exact: true }).check();
    await picker.getByRole("textbox", { name: "Why it is enough" }).fill(reason);
    await picker.getByRole("button", { name: "Use this label" }).click();
    await picker.getByRole("button", { name: "Done" }).click();
  }

  /** paragraph is the text of a portion-marked paragraph, from 1. */
  paragraph(n: number): Locator {
    return this.page.getByRole("textbox", { name: new RegExp(`^Paragraph ${n},`) });
  }

  /** mark is the button with the mark of a paragraph, from 1. */
  mark(n: number): Locator {
    return this.page.getByRole("button", { name: new RegExp(`^Mark of paragraph ${n}:`) });
  }

  /** markAs chooses the classification of a paragraph's mark. */
  async markAs(n: number, classification: string): Promise<void> {
    await this.mark(n).click();
    const picker = this.page.getByRole("region", { name: `Mark of paragraph ${n}` });
    await picker.getByRole("radio", { name: classification, exact: true }).check();
    await picker.getByRole("button", { name: "Done" }).click();
  }

  /** attach chooses files as a person does. */
  async attach(...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Attach files" }).click();
    await (await chooser).setFiles(files);
  }

  /** add types a text into To and chooses the suggestion that says so. */
  async add(text: string, option: string | RegExp): Promise<void> {
    await this.to.fill(text);
    await this.page.getByRole("option", { name: option }).first().click();
  }

  /** calm waits until the block takes a click on what sends: not in its first 0.7 s, counted from when it takes the focus. */
  async calm(): Promise<void> {
    await expect(this.stopped.getByRole("button", { name: "Back to the draft" })).toBeFocused();
    await this.page.waitForTimeout(800);
  }

  /** sum is the first line of the check. */
  sum(): Locator {
    return this.check.getByRole("status").first();
  }

  chip(name: string): Locator {
    return this.page.getByRole("button", { name: new RegExp(`${name}[^:]*:`) });
  }
}
