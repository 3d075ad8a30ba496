import { expect, type Locator, type Page } from "@playwright/test";

/** ChatModel finds the things of a conversation in which somebody writes as a person would. */
export class ChatModel {
  readonly page: Page;
  readonly composer: Locator;
  readonly marking: Locator;
  readonly text: Locator;
  readonly ahead: Locator;
  readonly check: Locator;
  readonly send: Locator;
  readonly stopped: Locator;

  constructor(page: Page) {
    this.page = page;
    this.composer = page.locator("[data-composer]");
    this.marking = page.getByRole("note", { name: "Marking of what you write" });
    this.text = page.getByRole("textbox", { name: /^Message to / });
    this.ahead = page.getByRole("textbox", { name: /^Next message to / });
    this.check = page.getByRole("region", { name: "Check" });
    this.send = page.getByRole("button", { name: /^(Send|Send the correction|Check again and send)$/ });
    this.stopped = page.getByRole("alertdialog", { name: "Stopped: nothing was sent" });
  }

  /** choose chooses a classification in the picker, and waits until it is the message's. */
  async choose(classification: string): Promise<void> {
    await this.composer.getByRole("button", { name: /^(Choose a|Change) label$/ }).click();
    const picker = this.page.getByRole("region", { name: "Label" });
    await picker.getByRole("radio", { name: classification, exact: true }).check();
    await picker.getByRole("button", { name: "Done" }).click();
    await expect(this.marking).toContainText(classification);
  }

  /** row is a message that was said. */
  row(text: string): Locator {
    return this.page.getByText(text, { exact: true });
  }

  /** sum is the first line of the check. */
  sum(): Locator {
    return this.page.getByRole("complementary").getByRole("status").filter({ hasText: "recipient" }).first();
  }
}
