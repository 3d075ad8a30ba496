import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { InboxMessage, InboxRow, SentClaim } from "../../api/types";
import { fakeInbox, fakeLabel, fakeMessage, fakeRow, readAt } from "../../test-fakes";
import { type Answers, problem, stage } from "../../test-stage";
import { InboxPage } from "./page";

const id = "msg00000000000000001";

/** opened shows one message alone. */
function opened(row: Partial<InboxRow> = {}, more: Partial<InboxMessage> = {}, answers: Answers = {}) {
  const m = fakeMessage(fakeRow(id, row), more);
  return {
    user: userEvent.setup(),
    ...stage(<InboxPage />, {
      at: `/inbox/${id}`,
      path: "/inbox/:id?",
      answers: {
        "GET /api/inbox": fakeInbox([m]),
        [`GET /api/inbox/${id}`]: m,
        [`POST /api/inbox/${id}/seen`]: new Response(null, { status: 204 }),
        ...answers,
      },
    }),
  };
}

/** field is what a field of the header says. */
const field = async (name: string) =>
  (await screen.findByText(name, { selector: "dt" })).nextElementSibling?.textContent?.trim();

test("a message stands between its markings, its text is text, and the heading has the focus", async () => {
  const { container } = opened();
  await screen.findByText(/Line <b>2<\/b>/);
  expect(screen.getAllByRole("note", { name: "Marking of this message: NATO SECRET" })).toHaveLength(2);
  expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1, name: `About ${id}` }));
  expect(container.querySelector("article b, article iframe, article img")).toBeNull();
  expect(await field("From")).toBe("UKR Olena Kovalchuk olena.kovalchuk@ukr.example");
  expect(await field("Received")).toBe("21 Nov 2026, 14:05Z 211405ZNOV26");
  expect(screen.queryByText("Sent", { selector: "dt" })).toBeNull(); // it says the same
});

test("what differs from the ordinary is said: replies elsewhere, another time, a wish for a receipt", async () => {
  opened(
    { date: "2026-11-20T09:00:00Z" },
    {
      replyTo: [{ name: "", address: "other@deu.example", nation: "DEU" }],
      receiptTo: [{ name: "", address: "olena.kovalchuk@ukr.example" }],
    },
  );
  expect(await field("Replies go to")).toMatch(/^DEU other@deu\.example not to the sender$/);
  expect(await field("Sent")).toBe("20 Nov 2026, 09:00Z 200900ZNOV26");
  expect(await field("Asks for a receipt")).toBe("olena.kovalchuk@ukr.example");
});

test("several senders are all named, without a nation, and warned of under any label", async () => {
  const from = { name: "olha@ukr.example, mallory@evil.example", address: "", nation: "" };
  const faults = [{ code: "several-senders", text: "It names its sender more than once." }];
  const first = opened({ from, label: fakeLabel({ faults }) });
  await screen.findByText(/It names its sender more than once/);
  expect(await field("From")).toContain("olha@ukr.example, mallory@evil.example");
  expect(await field("From")).not.toContain("UKR");
  first.unmount();
  opened({ from, label: fakeLabel({ state: "faulty", faults: [{ code: "base64", text: "x" }, ...faults] }) });
  await screen.findByText("Its label is damaged: it cannot be decoded.");
  expect(screen.getAllByText(/It names its sender more than once/)).toHaveLength(1);
});

test("that another form of the text may say something else is said beside it", async () => {
  opened({}, { differs: true });
  const text = await screen.findByRole("region", { name: "Text" });
  expect(text.textContent).toContain("such as HTML, which is not shown and may say something else");
});

test("military fields are named as in a draft", async () => {
  opened(
    { precedence: "flash" },
    {
      military: {
        primaryPrecedence: "flash",
        copyPrecedence: "routine",
        messageType: "exercise",
        messageIdentifier: "STEADY",
        originatorReference: "J3/42",
        sic: ["ABC", "DEF"],
        handling: ["EYES ONLY"],
        instructions: [],
        exempted: [{ name: "", address: "not.him@ukr.example" }],
        twice: ["MMHS-Codress-Message-Indicator"],
      },
    },
  );
  expect(await field("Precedence")).toBe("Flash");
  expect(await field("Precedence for Cc")).toBe("Routine");
  expect(await field("Message type")).toBe("Exercise STEADY");
  expect(await field("SIC")).toBe("ABC, DEF");
  expect(await field("Left out of lists")).toBe("not.him@ukr.example");
  expect(await field("Stands twice, not read")).toBe("MMHS-Codress-Message-Indicator");
});

test("HTML is its text, and what was not fetched is counted", async () => {
  opened({}, { wasHTML: true, remote: 2, cut: true, damage: "the last part ends early" });
  const text = await screen.findByRole("region", { name: "Text" });
  expect(text.textContent).toContain("It was written as HTML; this is its text.");
  expect(text.textContent).toContain("2 things that it names elsewhere, such as pictures, were not fetched.");
  expect(text.textContent).toContain("Only the beginning of the text is shown.");
  expect(text.textContent).toContain("the last part ends early");
});

test("an assumed label is said to be one, with where it is from", async () => {
  opened({ label: fakeLabel({ state: "assumed", said: "", why: "Default of the domain aus.example." }) });
  const note = await screen.findByText("The marking is assumed.");
  expect(note.parentElement?.textContent).toContain("Default of the domain aus.example.");
  const banners = screen.getAllByRole("note", { name: "Marking of this message, assumed: NATO SECRET" });
  expect(banners.map((b) => b.textContent)).toEqual(["assumed NATO SECRET", "assumed NATO SECRET"]);
});

test.each([
  ["en", "The message came without a label; this is the one that the administrator set for mail from deu.example."],
  [
    "fr",
    "Le message est arrivé sans étiquette ; celle-ci est celle que l’administrateur a fixée pour le courrier de deu",
  ],
])("an assumed label is told of once, in the user's language: %s", async (language, text) => {
  localStorage.setItem("caveat-language", language);
  const why = "It came without a label; this is the one that the administrator set for mail from deu.example.";
  opened({ label: fakeLabel({ state: "assumed", said: "", why }) });
  const note = (await screen.findByText(text, { exact: false, selector: "p" })).textContent ?? "";
  expect(note.match(/without a label|sans étiquette/g)).toHaveLength(1);
});

test("without a label, that stands where the marking would", async () => {
  opened({ label: fakeLabel({ state: "unlabelled", marking: "", said: "" }) });
  await screen.findByText("The message came without a label.");
  const banners = screen.getAllByRole("note", { name: "Marking of this message" });
  expect(banners.map((b) => b.textContent)).toEqual(["No label", "No label"]);
});

test("a fault is named in words, what the message calls itself is no banner, and the program's text is a click away", async () => {
  const faults = [
    { code: "two-labels", text: "2 SIO-Label fields" },
    { code: "brand-new", text: "Something the page does not know" },
  ];
  opened({ label: fakeLabel({ state: "faulty", said: "NATO UNCLASSIFIED", faults }) });
  const said = await screen.findByRole("region", { name: "The label of this message cannot be relied on" });
  expect(said.textContent).toContain("It bears more than one label.");
  expect(said.textContent).toContain("Something the page does not know");
  expect(said.textContent).toContain("It calls itself: NATO UNCLASSIFIED");
  expect(said.textContent).toContain("two-labels: 2 SIO-Label fields");
  expect(screen.queryByRole("note", { name: /NATO/ })).toBeNull();
  expect(screen.getAllByRole("note", { name: "Marking of this message: Label not reliable" })).toHaveLength(2);
});

// RULES 20: the page shows nothing of it, even if an answer held something.
test("a withheld message shows its marking, sender, time and the reasons, and cannot be answered", async () => {
  const { user, asked } = opened(
    {
      withheld: true,
      withheldWhy: [{ rule: "restrictive", text: "Needs ATOMAL.", needed: ["ATOMAL"] }],
      seen: false,
      subject: "secret subject",
    },
    { text: "secret text", files: [{ n: 1, name: "secret.pdf", type: "", size: 1, label: fakeLabel() }] },
  );
  const said = await screen.findByRole("region", { name: "You may not read this message" });
  expect(said.textContent).toContain("Needs ATOMAL.");
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Withheld from you");
  expect(await field("From")).toContain("olena.kovalchuk@ukr.example");
  expect(document.body.textContent).not.toContain("secret ");
  expect(document.body.textContent).not.toContain("secret.pdf");
  for (const name of ["Reply", "Reply to all", "Forward"]) expect(screen.queryByRole("button", { name })).toBeNull();
  await user.keyboard("rRf");
  expect(asked.filter((a) => a.startsWith("POST"))).toEqual([`POST /api/inbox/${id}/seen`]);
});

test("a message that is not here says why, and cannot be answered", async () => {
  opened({ subject: "", problem: "larger than 30 MB" });
  await screen.findByText("The message is not here.");
  expect(screen.getByText(/larger than 30 MB/, { selector: "p" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Reply" })).toBeNull();
});

test("each file has its own marking; one whose label cannot be read says so", async () => {
  const none = fakeLabel({ state: "unlabelled", marking: "", said: "" });
  opened(
    {},
    {
      files: [
        {
          n: 1,
          name: "plan.pdf",
          type: "application/pdf",
          size: 1500,
          label: fakeLabel({ marking: "NATO RESTRICTED" }),
        },
        { n: 2, name: "", type: "image/png", size: 10, label: none },
        { n: 3, name: "odd.txt", type: "text/plain", size: 10, label: none, problem: "it is not XML" },
      ],
    },
  );
  const files = within(await screen.findByRole("region", { name: "Attachments" })).getAllByRole("listitem");
  expect(files[0]?.textContent).toContain("NATO RESTRICTED");
  expect(files[0]?.textContent).toContain("application/pdf · 1.5 kB");
  const link = within(files[0] as HTMLElement).getByRole("link", { name: "plan.pdf" });
  expect(link.getAttribute("href")).toBe(`/api/inbox/${id}/files/1`);
  expect(link.getAttribute("download")).toBe("plan.pdf");
  expect(files[1]?.textContent).toContain("Without a name");
  expect(files[1]?.textContent).not.toContain("No label");
  expect(files[2]?.textContent).toContain("Its own label cannot be relied on: it is not XML");
});

test("where the label comes from, and what it was before, is folded below", async () => {
  opened(
    {},
    {
      claims: [{ from: "label", text: "SIO-Label of type :x-xml" }],
      history: [
        {
          action: "replace",
          by: "guard.ukr.example",
          at: readAt,
          old: "UKR SECRET",
          new: "NATO SECRET",
          comment: "mapped",
        },
        { action: "add", by: "olena", old: "", new: "UKR SECRET" },
      ],
    },
  );
  const how = (await screen.findByText("Where the label comes from")).parentElement;
  expect(how?.textContent).toContain("STANAG 4774 label in the header – SIO-Label of type :x-xml");
  expect(how?.textContent).toContain(
    "UKR SECRET, then NATO SECRET replaced, guard.ukr.example, 21 Nov 2026, 14:05Z – mapped",
  );
  expect(how?.textContent).toContain("no label, then UKR SECRET added, olena");
});

test.each([
  ["Reply", "r", "reply", { all: false }],
  ["Reply to all", "R", "reply", { all: true }],
  ["Forward", "f", "forward", undefined],
])("%s begins a draft, by its button and by %s", async (name, key, path, body) => {
  const bodies: unknown[] = [];
  const answers = {
    [`POST /api/inbox/${id}/${path}`]: async (r: Request) => {
      const text = await r.text();
      bodies.push(text ? JSON.parse(text) : undefined);
      return { draft: "d0123456789abcdef", version: 1, notes: [] };
    },
  };
  const first = opened({}, {}, answers);
  await first.user.click(await screen.findByRole("button", { name }));
  await waitFor(() => expect(first.place()).toBe("/draft/d0123456789abcdef"));
  first.unmount();
  const second = opened({}, {}, answers);
  await screen.findByRole("button", { name });
  await second.user.keyboard(key);
  await waitFor(() => expect(second.place()).toBe("/draft/d0123456789abcdef"));
  expect(bodies).toEqual([body, body]);
});

test("why a draft could not be begun is said where it was asked for", async () => {
  const { user, place } = opened({}, {}, { [`POST /api/inbox/${id}/reply`]: problem(403, "user-own-clearance") });
  await user.click(await screen.findByRole("button", { name: "Reply" }));
  await screen.findByText("Your own clearance does not permit this label");
  expect(place()).toBe(`/inbox/${id}`);
});

const claim = (kind: SentClaim["kind"], more: Partial<SentClaim> = {}): SentClaim => ({
  kind,
  at: readAt,
  reporter: "mail.ukr.example",
  ...more,
});

test("a report leads to what was sent, and is told as what somebody says", async () => {
  opened(
    { report: { kind: "delivery", message: "06GZ", subject: "Bridge" } },
    { reports: [{ address: "bob@ukr.example", known: true, report: claim("failed", { status: "5.1.1" }) }] },
  );
  const said = await screen.findByRole("region", { name: "This is a delivery report" });
  expect(within(said).getByRole("link", { name: "Bridge" }).getAttribute("href")).toBe("/sent/06GZ");
  expect(said.textContent).toContain("bob@ukr.exampleNot delivered 21 Nov 2026, 14:05Z, says mail.ukr.example");
  expect(said.textContent).toContain("nothing proves it");
  expect(said.textContent).not.toContain("never had this recipient");
});

test("a report on a recipient whom the message never had is warned of; one on nothing has no link", async () => {
  const first = opened(
    { report: { kind: "delivery", message: "06GZ", subject: "Bridge", warning: "It names a stranger." } },
    { reports: [{ address: "eve@elsewhere.example", known: false, report: claim("delivered") }] },
  );
  await screen.findByText("The message never had this recipient.");
  expect(screen.getByText("It names a stranger.")).toBeTruthy();
  first.unmount();
  opened({ report: { kind: "read", message: "", subject: "" } });
  const said = await screen.findByRole("region", { name: "This is a read receipt" });
  expect(said.textContent).toContain("It names nothing that was sent from here");
  expect(within(said).queryByRole("link")).toBeNull();
});

test("one that is gone says so; another failure can be tried again", async () => {
  const first = opened({}, {}, { [`GET /api/inbox/${id}`]: problem(404, "user-not-found") });
  await screen.findByRole("heading", { level: 1, name: "This message is not in the mailbox" });
  await first.user.click(screen.getByRole("button", { name: "Back to the list" }));
  expect(first.place()).toBe("/inbox");
  first.unmount();
  const answer = vi.fn(() => problem(500, "server-internal"));
  const { user } = opened({}, {}, { [`GET /api/inbox/${id}`]: answer });
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  await waitFor(() => expect(answer).toHaveBeenCalledTimes(2));
});

test("a report is told as one: nobody to answer, its parts by what they are, no code that says nothing", async () => {
  const none = fakeLabel({ state: "unlabelled", marking: "", said: "" });
  const part = (n: number, type: string) => ({ n, name: "", type, size: 10, label: none });
  opened(
    { report: { kind: "delivery", message: "06GZ", subject: "Bridge" }, label: none },
    {
      reports: [
        { address: "a@ukr.example", known: true, report: claim("delivered", { status: "2.0.0" }) },
        { address: "b@ukr.example", known: true, report: claim("failed", { status: "5.1.1", text: "no such user" }) },
      ],
      files: [part(1, "message/delivery-status"), part(2, "text/rfc822-headers")],
    },
  );
  const said = await screen.findByRole("region", { name: "This is a delivery report" });
  expect(said.textContent).not.toContain("2.0.0");
  expect(said.textContent).toContain("5.1.1 no such user");
  expect(screen.getByText(/^The report bears no label: it says what became/)).toBeTruthy();
  expect(document.body.textContent).not.toContain("Nothing says how it must be handled");
  expect(screen.queryByRole("button", { name: /^Reply/ })).toBeNull();
  expect(screen.getByRole("button", { name: "Forward" })).toBeTruthy();
  expect(screen.queryByRole("link", { name: /olena\.kovalchuk/ })).toBeNull(); // a mail server is in no book
  expect(screen.getByRole("link", { name: "Delivery status" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Returned header" })).toBeTruthy();
});

test("a label that came as a file says whose it is", async () => {
  const none = fakeLabel({ state: "unlabelled", marking: "", said: "" });
  const file = (n: number, name: string) => ({ n, name, type: "text/csv", size: 10, label: none });
  opened({}, { files: [file(1, "load-list.csv"), file(2, "load-list.csv.bdo"), file(3, "other.bdo")] });
  const files = within(await screen.findByRole("region", { name: "Attachments" })).getAllByRole("listitem");
  expect(files.map((f) => f.textContent?.includes("Label of load-list.csv"))).toEqual([false, true, false]);
});

test("an address that no message can have is told like one that is gone", async () => {
  opened({}, {}, { [`GET /api/inbox/${id}`]: problem(422, "user-input") });
  await screen.findByRole("heading", { level: 1, name: "This message is not in the mailbox" });
});
