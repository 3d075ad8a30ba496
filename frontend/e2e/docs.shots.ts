import { documents } from "./documents";
import { expect } from "./fixtures";
import { ChatModel } from "./models/chat";
import type { PageState } from "./reach";
import { states } from "./states";

/** What docs/pages.md shows: the name of its two pictures, and the state that they are of. */
const shown: Record<string, string> = {
  drafts: "drafts",
  "draft-label": "draft-label",
  "draft-completion": "recipients-completion-label",
  draft: "draft",
  "draft-outcomes": "draft-all-outcomes",
  "draft-ways": "draft-ways",
  "draft-group": "recipients-group",
  "draft-portions": "draft-portion-mark",
  "draft-later": "draft-later",
  "draft-history": "draft-history",
  block: "block",
  book: "book-detail",
  "book-browse": "book-browse",
  "book-own": "book-own",
  "book-receive": "book-receive-unit",
  inbox: "inbox",
  "inbox-message": "inbox-flash",
  "inbox-withheld": "inbox-withheld",
  chat: "chat",
  sent: "sent",
  "sent-detail": "sent-detail",
  settings: "settings",
};

/** talking is a room of the demonstration itself: what is made up has nobody who could be checked. */
const talking: PageState = {
  name: "chat",
  reach: async (page, demo) => {
    type Document = { accounts: { state: string }[] };
    const accounts = async () => ((await demo.api("GET", "/api/chat")) as Document).accounts.map((a) => a.state);
    await expect.poll(accounts).toEqual(["online"]);
    const room = { room: "operations@rooms.chat.gbr.example" };
    const { id } = (await demo.api("POST", "/api/chat/join", room)) as { id: string };
    await page.goto(`/chat/${id}`);
    const chat = new ChatModel(page);
    await chat.choose("SECRET");
    await chat.text.fill("The bridge carries 60 t until 1800Z.");
    await expect(chat.sum()).toHaveText("The recipient may get this");
    await demo.visitor("in");
    await expect(page.getByRole("alert", { name: "Who came in" })).toContainText("is not cleared for");
    await expect(chat.sum()).toHaveText("The recipient may not get this");
    await demo.visitor("out");
  },
};

for (const [name, from] of Object.entries(shown)) documents(name, from, [...states, talking]);
