import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import type { Demo } from "./demo";
import { expect, openDraft, people, restricted, secret, storeDraft } from "./fixtures";
import { DraftModel } from "./models/draft";
import { blocked, browse, clearOwn, type PageState, receive, sendOne, showCheck } from "./reach";
import { readStates } from "./states-admin";
import { chatStates } from "./states-chat";
import { inboxStates } from "./states-inbox";
import { recipientStates } from "./states-recipients";
import { troubles } from "./states-trouble";
import { writing } from "./states-writing";

type Schemas = components["schemas"];

const atomal = { ...secret, categories: { ...secret.categories, "Special Category Designators": ["ATOMAL"] } };

/** One of everything: cleared, not cleared, unknown, unreadable, a list with members in the way, an address in no book. */
const everybody = [
  people.gbr,
  people.ukr,
  people.ukrRestricted,
  people.ukrNone,
  people.ukrUnreadable,
  people.ukrNoATOMAL,
  people.deu,
  "planning-list@ukr.example",
  "nobody.known@aus.example",
];

const draftOf = (content: Record<string, unknown>) => async (page: Page, demo: Demo) => {
  await openDraft(page, await storeDraft(demo, content));
};

const longText = Array.from(
  { length: 60 },
  (_, i) => `${i + 1}. Paragraph about the bridge, its piers and its approaches.`,
);

/** states are the main states of every page; axe, the fit test and the pictures go through all of them. */
export const states: PageState[] = [
  {
    name: "drafts-empty",
    reach: async (page) => {
      await page.goto("/");
      await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    },
  },
  {
    name: "drafts",
    reach: async (page, demo) => {
      await storeDraft(demo, blocked);
      await storeDraft(demo, {
        subject: "Fuel state",
        body: longText.join("\n"),
        label: restricted,
        action: [people.deu],
      });
      await storeDraft(demo, { body: "Without anything but text" });
      await demo.api("PUT", "/api/templates/0123456789abcdef", {
        name: "Bridge report",
        content: { channel: "mail", ...blocked },
      });
      await page.goto("/");
      await expect(page.getByRole("listitem").filter({ hasText: "Fuel state" })).toBeVisible();
    },
  },
  {
    name: "draft-new",
    reach: async (page) => {
      await new DraftModel(page).begin();
    },
  },
  {
    name: "draft-label",
    reach: async (page) => {
      await new DraftModel(page).begin();
      await page.getByRole("button", { name: "Choose a label" }).click();
      await page.getByRole("radio", { name: "SECRET", exact: true }).check();
      await expect(page.getByRole("note", { name: "Marking of this draft" })).toHaveText("NATO/MROD SECRET");
    },
  },
  {
    name: "draft-completion",
    reach: async (page) => {
      const draft = new DraftModel(page);
      await draft.begin();
      await draft.to.fill("ma");
      await expect(page.getByRole("option").nth(3)).toBeVisible();
    },
  },
  {
    name: "draft",
    reach: async (page, demo) => {
      const three = [people.gbr, people.ukr, people.deu];
      await draftOf({ ...blocked, action: three })(page, demo);
      await expect(new DraftModel(page).sum()).toHaveText("1 of 3 may not get this");
    },
  },
  {
    name: "draft-cleared",
    reach: async (page, demo) => {
      await draftOf({ ...blocked, action: [people.gbr, people.ukr], body: longText.join("\n") })(page, demo);
      await expect(page.getByRole("button", { name: "Send to 2" })).toBeVisible();
    },
  },
  {
    name: "draft-all-outcomes",
    reach: async (page, demo) => {
      await draftOf({ ...blocked, action: everybody, info: ["watchkeeper@gbr.example"], label: atomal })(page, demo);
      const draft = new DraftModel(page);
      await expect(draft.sum()).toContainText("may not get this");
      await showCheck(page);
      await draft.check.getByText("Why, and from where").first().click();
    },
  },
  {
    name: "draft-label-invalid",
    reach: async (page, demo) => {
      await draftOf({ ...blocked, label: { policy: "NATO", classification: "SECRET" } })(page, demo);
      await expect(new DraftModel(page).sum()).toHaveText("The label is not valid");
      await showCheck(page);
    },
  },
  {
    name: "block",
    reach: async (page, demo) => {
      await draftOf(blocked)(page, demo);
      const draft = new DraftModel(page);
      await draft.send.click();
      await expect(draft.stopped).toBeVisible();
    },
  },
  {
    name: "draft-server-gone",
    reach: async (page, demo) => {
      await draftOf(blocked)(page, demo);
      await page.route("**/api/**", (r) => r.abort());
      await page.getByRole("textbox", { name: "Text" }).fill("Typed while the program is gone");
      await expect(page.getByText("Caveat does not answer").first()).toBeVisible();
    },
  },
  {
    name: "installation-broken",
    reach: async (page) => {
      const problem = {
        title: "Service Unavailable",
        status: 503,
        code: "server-installation",
        detail: "installation: invalid: installation.toml: policy 1: spif: malformed policy file: line 3",
      };
      await page.route("**/api/installation*", (r) =>
        r.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }),
      );
      await page.goto("/");
      await expect(page.getByText("Caveat cannot start with this installation")).toBeVisible();
    },
  },
  {
    name: "book",
    reach: async (page) => {
      await page.goto("/book");
      await page.getByRole("searchbox").fill("shevch");
      await expect(page.getByRole("row").nth(2)).toBeVisible();
    },
  },
  {
    name: "book-detail",
    reach: async (page) => {
      await page.goto("/book");
      await page.getByRole("searchbox").fill("kovalchuk olena");
      await page.getByRole("row", { name: new RegExp(people.ukr) }).click();
      await expect(page.getByRole("button", { name: /^Write to/ })).toBeVisible();
    },
  },
  {
    name: "book-list-detail",
    reach: async (page) => {
      await page.goto("/book");
      await page.getByRole("searchbox").fill("planning list");
      await page
        .getByRole("row", { name: /planning-list@/ })
        .first()
        .click();
      await expect(page.getByRole("button", { name: /^Write to/ })).toBeVisible();
    },
  },
  {
    name: "book-nothing",
    reach: async (page) => {
      await page.goto("/book");
      await page.getByRole("searchbox").fill("qqqqqq");
      await expect(page.getByRole("button", { name: /Ask the directories now/ }).first()).toBeVisible();
    },
  },
  {
    name: "book-filters",
    reach: async (page) => {
      await page.goto("/book");
      await page.getByRole("searchbox").fill("j");
      await page.getByRole("combobox", { name: "Organisation" }).fill("j3");
      await expect(page.getByRole("listbox").getByRole("option").first()).toBeVisible();
    },
  },
  {
    name: "book-may-receive",
    reach: async (page, demo) => {
      await storeDraft(demo, blocked);
      await page.goto("/book");
      await page.getByRole("button", { name: "May receive a label" }).click();
      await expect(page.getByRole("combobox", { name: "Label of a draft" })).toBeVisible();
      await page.getByRole("radio", { name: "SECRET", exact: true }).check();
      await expect(page.getByRole("button", { name: "May receive NATO/MROD SECRET" })).toBeVisible();
    },
  },
  {
    name: "book-marked",
    reach: async (page) => {
      await page.goto("/book");
      await page.getByRole("searchbox").fill("j3");
      for (const i of [1, 2]) await expect(page.getByRole("row").nth(i)).toContainText("J3");
      await page.getByRole("searchbox").press("ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
      await page.getByRole("button", { name: "Add to a group" }).click();
      await expect(page.getByRole("textbox", { name: "Name of a new group" })).toBeVisible();
    },
  },
  {
    name: "book-browse",
    reach: async (page) => {
      await browse(page);
      await expect(page.getByRole("row").nth(1)).toBeVisible();
    },
  },
  {
    name: "book-browse-detail",
    reach: async (page) => {
      await browse(page);
      await page.getByRole("row").nth(1).click();
      await expect(page.getByRole("button", { name: /^Write to/ })).toBeVisible();
    },
  },
  {
    name: "book-own-empty",
    reach: async (page, demo) => {
      await clearOwn(demo);
      await page.goto("/book/own");
      await expect(page.getByText("The star on an entry puts it here", { exact: false })).toBeVisible();
    },
  },
  {
    name: "book-own",
    reach: async (page, demo) => {
      await clearOwn(demo);
      const { hits } = (await demo.api("GET", "/api/book/search?text=j3&limit=3")) as Schemas["SearchDocument"];
      for (const h of hits) await demo.api("PUT", `/api/book/favourites/${encodeURIComponent(h.id)}`);
      await demo.api("POST", "/api/book/groups", { name: "Night shift", members: hits.map(({ id }) => ({ id })) });
      await page.goto("/book/own");
      await expect(page.getByRole("button", { name: "Delete the group Night shift" })).toBeVisible();
    },
  },
  {
    name: "book-receive-none",
    reach: async (page) => {
      await page.goto("/book/receive");
      await expect(page.getByRole("heading", { name: "Who may receive this label?" })).toBeVisible();
    },
  },
  {
    name: "book-receive",
    reach: async (page) => {
      await receive(page);
    },
  },
  {
    name: "book-receive-unit",
    reach: async (page) => {
      await receive(page);
      await page.getByRole("row", { name: /^GBR/ }).click();
      await page.getByRole("row", { name: /J3/ }).first().click();
      await expect(page.getByRole("row", { name: /@gbr\.example/ }).first()).toBeVisible();
    },
  },
  {
    name: "book-receive-why",
    reach: async (page) => {
      await receive(page);
      await page.getByRole("combobox", { name: "A person, or an address" }).fill(people.ukrRestricted);
      await page.getByRole("button", { name: "Ask about this address" }).click();
      await expect(page.getByText("may not receive it.", { exact: false })).toBeVisible();
    },
  },
  {
    name: "sent",
    reach: async (page, demo) => {
      await sendOne(demo);
      await page.goto("/sent");
      await expect(page.getByRole("row").nth(1)).toBeVisible();
    },
  },
  {
    name: "sent-detail",
    reach: async (page, demo) => {
      const id = await sendOne(demo);
      await page.goto(`/sent/${id}`);
      await expect(page.getByText("Accepted").filter({ visible: true }).first()).toBeVisible();
    },
  },
  {
    name: "directories",
    reach: async (page) => {
      await page.goto("/");
      await page.getByRole("button", { name: "4 directories read" }).click();
      await expect(page.getByRole("button", { name: "Read now" })).toBeVisible();
    },
  },
  {
    name: "settings",
    reach: async (page) => {
      await page.goto("/");
      await page.getByRole("button", { name: "Settings" }).click();
      await expect(page.getByText("Français")).toBeVisible();
    },
  },
  {
    name: "keys",
    reach: async (page) => {
      await page.goto("/");
      await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible(); // then it hears the keys too
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  },
  {
    name: "not-found",
    reach: async (page) => {
      await page.goto("/nowhere");
      await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
    },
  },
  ...readStates,
  ...chatStates,
  ...inboxStates,
  ...recipientStates,
  ...writing,
  ...troubles,
];
