import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Inbox, InboxRow } from "../../api/types";
import { fakeInbox, fakeLabel, fakeMessage, fakeRow } from "../../test-fakes";
import { type Answers, problem, stage } from "../../test-stage";
import { InboxPage } from "./page";
import { wholeOf } from "./queries";

const id = (n: number) => `msg${String(n).padStart(17, "0")}`;

function inbox(answers: Answers, place = "/inbox") {
  return { user: userEvent.setup(), ...stage(<InboxPage />, { at: place, path: "/inbox/:id?", answers }) };
}

/** listed answers with some messages, and each of them when it is opened. */
const listed = (rows: InboxRow[], more: Partial<Inbox> = {}): Answers => ({
  "GET /api/inbox": fakeInbox(rows, more),
  ...Object.fromEntries(rows.map((m) => [`GET /api/inbox/${m.id}`, fakeMessage(m)])),
  ...Object.fromEntries(rows.map((m) => [`POST /api/inbox/${m.id}/seen`, new Response(null, { status: 204 })])),
});

const cells = (row: HTMLElement | undefined) => row?.textContent ?? "";

test("a row says who, about what, under which marking, how urgent, and whether it was read", async () => {
  inbox(
    listed([
      fakeRow(id(1), { seen: false, precedence: "flash", attachments: 2 }),
      fakeRow(id(2), { subject: "", answered: true }),
    ]),
  );
  const grid = await screen.findByRole("grid", { name: "Received messages" });
  const [, first, second] = within(grid).getAllByRole("row");
  expect(cells(first)).toContain("Unread: UKR Olena Kovalchuk");
  expect(cells(first)).toContain("olena.kovalchuk@ukr.example");
  expect(cells(first)).toContain("2 files");
  expect(cells(first)).toContain("Flash");
  expect(within(first as HTMLElement).getByText("NATO SECRET").style.background).toBe("#b00000");
  expect(within(first as HTMLElement).getByTitle("211405ZNOV26")).toBeTruthy();
  expect(cells(second)).not.toContain("Unread");
  expect(cells(second)).toContain("No subject");
  expect(cells(second)).toContain("Answered");
  expect(screen.getByText("1 unread of 2")).toBeTruthy();
});

test.each<[string, Partial<Parameters<typeof fakeLabel>[0] & object>, string, boolean]>([
  ["assumed", { state: "assumed", said: "" }, "assumed NATO SECRET", true],
  ["none", { state: "unlabelled", marking: "", said: "" }, "No label", false],
  ["faulty", { state: "faulty", marking: "NATO SECRET" }, "Label not reliable calls itself NATO SECRET", false],
])("a label that is %s never looks like the sender's own", async (_, label, said, isColoured) => {
  inbox(listed([fakeRow(id(1), { label: fakeLabel(label) })]));
  const row = (await screen.findAllByRole("row"))[1];
  const cell = within(row as HTMLElement).getAllByRole("gridcell")[2];
  expect(cell?.textContent?.trim()).toBe(said);
  expect(cell?.querySelector("[style*=background]") !== null).toBe(isColoured);
});

test("a withheld row shows who and when under its marking, and nothing of what it says", async () => {
  const secret = fakeRow(id(1), { withheld: true, subject: "", attachments: 0 });
  inbox(listed([secret]));
  const row = (await screen.findAllByRole("row"))[1];
  expect(cells(row)).toContain("Withheld from you");
  expect(cells(row)).toContain("NATO SECRET");
  expect(cells(row)).toContain("Olena Kovalchuk");
  expect(cells(row)).not.toContain("No subject");
});

test("a message that is not here says why in its row", async () => {
  inbox(listed([fakeRow(id(1), { subject: "", problem: "larger than 30 MB" })]));
  const row = (await screen.findAllByRole("row"))[1];
  expect(cells(row)).toContain("Not here");
  expect(cells(row)).toContain("larger than 30 MB");
});

test("older ones are asked for behind the last of those before, and none stands twice", async () => {
  const asked: (string | null)[] = [];
  const { user } = inbox({
    "GET /api/inbox": (r: Request) => {
      const before = new URL(r.url).searchParams.get("before");
      asked.push(before);
      const rows = before ? [id(2), id(3)] : [id(1), id(2)];
      return fakeInbox(
        rows.map((x) => fakeRow(x)),
        { total: 3, ...(before ? {} : { next: "b2" }) },
      );
    },
  });
  await waitFor(() => expect(screen.getAllByRole("row")).toHaveLength(4));
  expect(asked).toEqual([null, "b2"]);
  expect(screen.queryByRole("button", { name: "Show older ones" })).toBeNull();
  await user.click(screen.getByRole("checkbox", { name: "Unread only" }));
  await waitFor(() => expect(asked.length).toBeGreaterThan(2));
});

test("parts make one whole: the newest says how the mailbox is, the last whether there are more", () => {
  const one = fakeInbox([fakeRow(id(1)), fakeRow(id(2))], { next: "x", unread: 5 });
  const two = fakeInbox([fakeRow(id(2), { subject: "again" }), fakeRow(id(3))], { unread: 4 });
  const whole = wholeOf([one, two]);
  expect(whole?.messages.map((m) => m.subject)).toEqual([`About ${id(1)}`, `About ${id(2)}`, `About ${id(3)}`]);
  expect([whole?.unread, whole?.next]).toEqual([5, undefined]);
  expect(wholeOf([])).toBeUndefined();
});

test("opening marks as read, also what is withheld: that it came is known", async () => {
  const plain = fakeRow(id(1), { seen: false });
  const hidden = fakeRow(id(2), { seen: false, withheld: true, subject: "" });
  const { user, asked } = inbox(listed([plain, hidden]));
  await user.click((await screen.findAllByRole("row"))[2] as HTMLElement);
  await screen.findByRole("heading", { name: "You may not read this message" });
  await user.keyboard("k");
  await screen.findByRole("heading", { level: 1, name: plain.subject });
  await waitFor(() => expect(asked).toContain(`POST /api/inbox/${plain.id}/seen`));
  expect(asked).toContain(`POST /api/inbox/${hidden.id}/seen`);
});

test("j and k lead through the messages, and Escape back to the row", async () => {
  const rows = [1, 2, 3].map((n) => fakeRow(id(n)));
  const { user, place } = inbox(listed(rows));
  const grid = await screen.findByRole("grid");
  grid.focus();
  await user.keyboard("{Enter}");
  await screen.findByRole("heading", { level: 1, name: rows[0]?.subject });
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Previous message" }).disabled).toBe(true);
  await user.keyboard("jj");
  await screen.findByRole("heading", { level: 1, name: rows[2]?.subject });
  expect(place()).toBe(`/inbox/${id(3)}`);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Next message" }).disabled).toBe(true);
  await user.keyboard("j");
  expect(place()).toBe(`/inbox/${id(3)}`);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("grid")));
  const active = screen.getByRole("grid").getAttribute("aria-activedescendant") ?? "";
  expect(document.getElementById(active)?.textContent).toContain(rows[2]?.subject);
});

test("among the unread ones, the one that is being read does not go away", async () => {
  const unread = new Set([id(1), id(2)]);
  const { user } = inbox({
    ...listed([fakeRow(id(1), { seen: false }), fakeRow(id(2), { seen: false })]),
    "GET /api/inbox": () => fakeInbox([...unread].map((x) => fakeRow(x, { seen: false }))),
    [`POST /api/inbox/${id(1)}/seen`]: () => {
      unread.delete(id(1));
      return new Response(null, { status: 204 });
    },
  });
  await user.click(await screen.findByRole("checkbox", { name: "Unread only" }));
  await user.click((await screen.findAllByRole("row"))[1] as HTMLElement);
  await screen.findByText("1 unread of 1");
  expect(screen.getAllByRole("row")).toHaveLength(3);
  await user.keyboard("j");
  await screen.findByRole("heading", { level: 1, name: `About ${id(2)}` });
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Previous message" }).disabled).toBe(false);
});

test("several mailboxes can be chosen between", async () => {
  const asked: (string | null)[] = [];
  const mailboxes = [
    { name: "j3", address: "sarah.whitfield@gbr.example" },
    { name: "duty", address: "watchkeeper@gbr.example" },
  ];
  const { user } = inbox({
    "GET /api/inbox": (r: Request) => {
      const mailbox = new URL(r.url).searchParams.get("mailbox");
      asked.push(mailbox);
      return fakeInbox([fakeRow(id(1))], { mailboxes, mailbox: mailbox ?? "j3" });
    },
  });
  await user.selectOptions(await screen.findByRole("combobox", { name: "Mailbox" }), "watchkeeper@gbr.example");
  await waitFor(() => expect(asked.at(-1)).toBe("duty"));
});

test("the server can be asked at once; why that failed is said", async () => {
  const { user, asked } = inbox({
    ...listed([fakeRow(id(1))]),
    "POST /api/inbox/sync": problem(504, "server-timeout"),
  });
  await user.click(await screen.findByRole("button", { name: "Ask the mail server now" }));
  await screen.findByText("It took too long");
  expect(asked).toContain("POST /api/inbox/sync");
});

test("when the server is away, the old list stands, with how old it is and what the server said", async () => {
  inbox(listed([fakeRow(id(1))], { state: "away", problem: "no answer in 30 s" }));
  await screen.findByText(/what was read until 21 Nov 2026, 14:05Z/);
  expect(screen.getByText("no answer in 30 s")).toBeTruthy();
  expect(screen.getAllByRole("row")).toHaveLength(2);
  expect(screen.queryByText(/Connected/)).toBeNull();
});

test("away and never read is not taken for empty", async () => {
  inbox(listed([], { state: "away", asOf: undefined, problem: "refused" }));
  await screen.findByText(/Nothing has been read from it yet/);
  expect(screen.queryByText("Nothing has come in yet")).toBeNull();
  expect(screen.queryByText("No messages")).toBeNull();
});

test.each<[string, Partial<Inbox>, string]>([
  ["read for the first time", { state: "new", asOf: undefined }, "Reading the mailbox for the first time"],
  ["empty", {}, "Nothing has come in yet"],
])("a mailbox that is %s says so", async (_, more, said) => {
  inbox(listed([], more));
  await screen.findByRole("heading", { name: said });
  expect(screen.getByText(/sarah\.whitfield@gbr\.example/)).toBeTruthy();
});

test("what a state leaves out is said over the list", async () => {
  inbox(listed([fakeRow(id(1))], { problem: "3 messages are larger than what is read" }));
  await screen.findByText("3 messages are larger than what is read");
});

test("when all is read, the unread list leads to the whole", async () => {
  const { user } = inbox({
    "GET /api/inbox": (r: Request) =>
      fakeInbox(new URL(r.url).searchParams.get("unread") ? [] : [fakeRow(id(1))], { unread: 0, total: 1 }),
  });
  await user.click(await screen.findByRole("checkbox", { name: "Unread only" }));
  await user.click(await screen.findByRole("button", { name: "Show all messages" }));
  await waitFor(() => expect(screen.getAllByRole("row")).toHaveLength(2));
});

test("without a mailbox, a managed installation leads to the administrator, an own one to the lines of its file", async () => {
  const none = fakeInbox([], { state: "none", mailbox: "", mailboxes: [], asOf: undefined });
  const first = inbox({ "GET /api/inbox": none, "GET /api/installation": { managed: true, name: "x", nation: "GBR" } });
  await screen.findByText(/when your administrator adds an IMAP account/);
  expect(screen.queryByRole("button", { name: "Copy the lines" })).toBeNull();
  first.unmount();
  inbox({ "GET /api/inbox": none, "GET /api/installation": { managed: false, name: "x", nation: "GBR" } });
  await screen.findByRole("button", { name: "Copy the lines" });
  expect(screen.getByText(/kind = "imap"/)).toBeTruthy();
});

test("that the list cannot be had is said, with a way to try again", async () => {
  let n = 0;
  const { user } = inbox({
    "GET /api/inbox": () => (n++ === 0 ? problem(500, "server-internal") : fakeInbox([fakeRow(id(1))])),
  });
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.getAllByRole("row")).toHaveLength(2));
});

test("in French, too", async () => {
  localStorage.setItem("caveat-language", "fr");
  inbox(listed([fakeRow(id(1), { withheld: true, seen: false })]));
  await screen.findByText("Retenu : non montré");
  expect(screen.getByText("1 non lu sur 1")).toBeTruthy();
});

test("j and k go through the list before anything is open, which has the focus of whoever came by keys", async () => {
  const { user, place } = inbox(listed([1, 2, 3].map((n) => fakeRow(id(n)))));
  const grid = await screen.findByRole("grid");
  await waitFor(() => expect(document.activeElement).toBe(grid));
  const at = () => document.getElementById(grid.getAttribute("aria-activedescendant") ?? "")?.textContent;
  expect(at()).toContain(`About ${id(1)}`);
  await user.keyboard("jj");
  expect(at()).toContain(`About ${id(3)}`);
  await user.keyboard("k");
  expect(at()).toContain(`About ${id(2)}`);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(place()).toBe(`/inbox/${id(2)}`));
});

test("sorted by precedence the most urgent come first", async () => {
  const { user } = inbox(
    listed([fakeRow(id(1)), fakeRow(id(2), { precedence: "routine" }), fakeRow(id(3), { precedence: "flash" })]),
  );
  await user.click(await screen.findByRole("button", { name: "Precedence" }));
  const rows = screen.getAllByRole("row").slice(1);
  expect(rows.map((r) => /About (msg\d+)/.exec(r.textContent ?? "")?.[1])).toEqual([id(3), id(2), id(1)]);
});

test("a marking stands whole under the pointer, also beside an opened message", async () => {
  const long = "NATO/MROD SECRET RELEASABLE TO UK, AUSTRALIA";
  const { user } = inbox(listed([fakeRow(id(1), { label: fakeLabel({ marking: long }) })]));
  expect((await screen.findByTitle(long)).textContent).toBe(long);
  await user.click(screen.getByTitle(long));
  await screen.findByRole("heading", { level: 1, name: `About ${id(1)}` });
  expect(screen.getByTitle(long).textContent).toBe(long);
});
