import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Report } from "../../api/problem";
import type {
  CopyStatus,
  Message,
  MessageState,
  RecipientReport,
  RecipientStatus,
  SentClaim,
  SentEvidence,
  Verdict,
} from "../../api/types";
import { type Answers, problem, stage } from "../../test-stage";
import { SentPage } from "./page";

const at = "2026-11-21T14:05:00Z";
const sha256 = "a84e60a1ff7712345678";

const verdict = (more: Partial<Verdict> = {}): Verdict => ({
  outcome: "cleared",
  action: "pass",
  reasons: [],
  evidence: {
    directory: "GBR",
    dn: "uid=ann,dc=gbr",
    readAt: at,
    transport: "starttls",
    policy: { name: "NATO", version: 3, sha256, mode: "membership" },
  },
  ...more,
});

const judged = (address: string, more: Partial<RecipientReport> = {}): RecipientReport => ({
  address,
  name: address.split("@")[0] ?? "",
  nation: "GBR",
  kind: "person",
  verdict: verdict(),
  link: verdict(),
  ...more,
});

const ann = "ann@gbr.example";
const bob = "bob@ukr.example";

const report = (more: Partial<Report> = {}): Report => ({
  sendable: true,
  outcome: "cleared",
  draft: "sha256:1",
  label: { marking: "NATO SECRET", valid: true, problems: [], background: "#ff0000", foreground: "black" },
  originator: verdict(),
  recipients: [judged(ann), judged(bob)],
  fixes: [],
  parts: [],
  thresholds: [],
  warnings: [],
  ...more,
});

const status = (address: string, state: MessageState, more: Partial<RecipientStatus> = {}): RecipientStatus => ({
  address,
  state,
  changed: at,
  reports: [],
  ...more,
});

const message = (state: MessageState, more: Partial<Message> = {}): Message => ({
  id: `M-${state}`,
  state,
  channel: "mail",
  sender: "me@gbr.example",
  subject: `About ${state}`,
  marking: "NATO SECRET",
  created: at,
  nextTry: "2026-11-21T14:10:00Z",
  attempts: 1,
  overridden: false,
  recipients: [status(ann, state), status(bob, state)],
  ...more,
});

const evidence = (m: Message, more: Partial<SentEvidence> = {}): SentEvidence => ({
  message: m,
  draft: { channel: "mail", action: [ann], info: [bob], body: "Line 1\n\tLine <b>2</b>", label: "<x/>" },
  report: report(),
  ...more,
});

function sent(answers: Answers, place = "/sent") {
  return {
    user: userEvent.setup(),
    ...stage(<SentPage />, {
      at: place,
      path: "/sent/:id?",
      answers: { "GET /api/shell": { window: false }, ...answers },
    }),
  };
}

/** opened shows one message alone. */
function opened(m: Message, answers: Answers = {}, more: Partial<SentEvidence> = {}) {
  return sent(
    {
      "GET /api/messages": [m],
      [`GET /api/messages/${m.id}`]: m,
      [`GET /api/messages/${m.id}/evidence`]: evidence(m, more),
      ...answers,
    },
    `/sent/${m.id}`,
  );
}

test("every state has its words, and those that need a decision stand on top", async () => {
  const states: MessageState[] = ["queued", "sending", "body-sent", "accepted", "deferred", "held", "dropped"];
  const partly = message("refused", { recipients: [status(ann, "accepted"), status(bob, "refused")] });
  sent({ "GET /api/messages": [...states.map((s) => message(s)), partly, message("perhaps-delivered")] });
  const grid = await screen.findByRole("grid", { name: "Messages" });
  expect(document.title).toBe("Sent – Caveat");
  for (const word of ["Queued", "Sending", "Handed over", "Accepted", "Deferred", "Held", "Not sent"]) {
    expect(within(grid).getByText(word)).toBeTruthy();
  }
  expect(within(grid).getByText("Refused for 1 of 2")).toBeTruthy();
  expect(within(grid).getAllByText("21 Nov 2026, 14:05Z")[0]?.title).toBe("211405ZNOV26");
  const waiting = screen.getByRole("region", { name: "2 messages need your decision" });
  expect(within(waiting).getByRole("link", { name: "About held" }).getAttribute("href")).toBe("/sent/M-held");
  expect(within(waiting).getByRole("link", { name: "About perhaps-delivered" })).toBeTruthy();
});

test("a list without messages teaches the first step", async () => {
  const { user, place } = sent({ "GET /api/messages": [] });
  await screen.findByRole("heading", { name: "Nothing has been sent yet" });
  await user.click(screen.getByRole("button", { name: "New draft" }));
  expect(place()).toMatch(/^\/draft\//);
});

test("a message shows its marking twice, its text as text, and of each recipient the answer and the evidence", async () => {
  const m = message("refused", {
    recipients: [
      status(ann, "accepted", { code: 250, reply: "2.0.0 OK" }),
      status(bob, "refused", { code: 550, reply: "5.7.1 not cleared here" }),
    ],
  });
  opened(m);
  await screen.findByText(/It was not taken for 1 of 2 recipients/);
  expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1, name: "About refused" }));
  expect(screen.getAllByRole("note", { name: "Marking of this message: NATO SECRET" })).toHaveLength(2);
  expect(screen.getByText(/Line <b>2<\/b>/)).toBeTruthy();
  const rows = screen.getAllByRole("listitem");
  expect(rows[0]?.textContent).toContain("550 5.7.1 not cleared here"); // what needs attention comes first
  expect(rows[0]?.textContent).toMatch(/^RefusedCc/);
  expect(rows[1]?.textContent).toContain("read 21 Nov 2026, 14:05Z from GBR over StartTLS");
  expect(rows[1]?.textContent).toContain("uid=ann,dc=gbr");
  expect(screen.getByText("NATO, version 3")).toBeTruthy();
  expect(screen.getByTitle(sha256).textContent).toBe("a84e60a1ff77…");
  expect(screen.getByText(/by membership/)).toBeTruthy();
});

test("accepted says who took it, and no more", async () => {
  opened(message("accepted"));
  await screen.findByText(/Your nation’s mail server took it for all 2 recipients\. What becomes of it after that/);
  expect(screen.queryByRole("button", { name: /Do not send/ })).toBeNull();
});

test("a browser loads the copy; the window asks where to put it", async () => {
  const m = message("accepted");
  const first = opened(m);
  const link = await screen.findByRole("link", { name: "Save a copy (.eml)" });
  expect(link.getAttribute("href")).toBe("/api/messages/M-accepted/wire");
  expect(link.getAttribute("download")).toBe("M-accepted.eml");
  first.unmount();
  const { user, asked } = opened(m, {
    "GET /api/shell": { window: true },
    "POST /api/shell/save": async (r: Request) => {
      expect(await r.json()).toEqual({ what: "message", id: "M-accepted" });
      return { path: "/home/me/M-accepted.eml" };
    },
  });
  const save = await screen.findByRole<HTMLButtonElement>("button", { name: "Save a copy (.eml)" });
  await waitFor(() => expect(save.disabled).toBe(false));
  await user.click(save);
  await waitFor(() => expect(asked).toContain("POST /api/shell/save"));
});

test("a held message is checked again, and who stops it now is said with the reason", async () => {
  const m = message("held", {
    note: "It was no longer cleared.",
    recipients: [status(ann, "accepted"), status(bob, "held")],
  });
  const stops = judged(bob, {
    verdict: verdict({
      outcome: "not-cleared",
      action: "block",
      reasons: [{ rule: "restrictive", needed: ["ATOMAL"], text: "needs ATOMAL" }],
    }),
  });
  const { user, place } = opened(m, {
    "POST /api/messages/M-held/resend": problem(409, "user-blocked", {
      report: report({ sendable: false, outcome: "not-cleared", recipients: [judged(ann), stops] }),
    }),
  });
  await user.click(await screen.findByRole("button", { name: "Check again and send to 1" }));
  const heading = await screen.findByRole("heading", { name: "Checked again: nothing was sent" });
  expect(document.activeElement).toBe(heading);
  const alert = screen.getByRole("alert");
  expect(alert.textContent).toContain("needs ATOMAL");
  expect(alert.textContent).toContain(bob);
  expect(alert.textContent).not.toContain(ann);
  expect(within(alert).queryByRole("textbox")).toBeNull(); // no override here
  expect(place()).toBe("/sent/M-held");
});

test("sending anew leads to the new message; what may happen stands in the button", async () => {
  const m = message("perhaps-delivered");
  const anew = message("queued", { id: "M-anew" });
  const { user, place } = opened(m, {
    "POST /api/messages/M-perhaps-delivered/resend": { message: "M-anew", report: report() },
    "GET /api/messages/M-anew/evidence": evidence(anew),
  });
  await user.click(await screen.findByRole("button", { name: "Check again and send to 2: some may get it twice" }));
  await screen.findByRole("heading", { name: "About queued" });
  expect(place()).toBe("/sent/M-anew");
});

// RULES 15: what is sent anew holds for what the page showed: the check that the message was cleared on, then the one that stopped it.
test("sending anew names what was shown", async () => {
  const bodies: unknown[] = [];
  const stale = judged(bob, { verdict: verdict({ outcome: "stale", action: "warn" }) });
  const first = report({ sendable: false, recipients: [judged(ann), stale] });
  const unknown = verdict({ outcome: "unknown", action: "warn", reasons: [{ rule: "no-clearance", text: "none" }] });
  const then = report({ sendable: false, outcome: "unknown", recipients: [judged(bob, { verdict: unknown })] });
  const { user } = opened(
    message("held"),
    {
      "POST /api/messages/M-held/resend": async (request: Request) => {
        bodies.push(await request.json());
        return problem(409, "user-blocked", { report: then });
      },
    },
    { report: first },
  );
  await user.click(await screen.findByRole("button", { name: /^Check again/ }));
  await screen.findByRole("heading", { name: "Checked again: nothing was sent" });
  await user.click(screen.getByRole("button", { name: /^Check again/ }));
  await waitFor(() => expect(bodies).toHaveLength(2));
  const { marking } = first.label;
  const policy = first.originator.evidence.policy.sha256;
  expect(bodies).toEqual([
    { seen: { [bob]: { marking, policy, outcome: "stale", rules: [] } } },
    { seen: { [bob]: { marking, policy, outcome: "unknown", rules: ["no-clearance"] } } },
  ]);
});

test("what waits can be stopped; when it is too late, that is said", async () => {
  const m = message("deferred", { recipients: [status(ann, "accepted"), status(bob, "deferred")] });
  const { user } = opened(m, { "POST /api/messages/M-deferred/drop": problem(409, "user-wrong-state") });
  await screen.findByText(/The next try is at 14:10Z/);
  await user.click(screen.getByRole("button", { name: "Do not send to the one left" }));
  await screen.findByText("The message has moved on");
});

test("a message that was sent anew leads to the other", async () => {
  opened(message("dropped", { note: "sent anew as 06GZ" }));
  expect((await screen.findByRole("link", { name: "Show that message" })).getAttribute("href")).toBe("/sent/06GZ");
  expect(screen.queryByText(/that was decided here/)).toBeNull();
});

test("one that does not match the audit log is not shown, and can be stopped but not sent", async () => {
  const m = message("held");
  const { user, asked } = opened(m, {
    "GET /api/messages/M-held/evidence": problem(500, "server-tampered"),
    "GET /api/messages/M-held": m,
    "POST /api/messages/M-held/drop": { ...m, state: "dropped" },
  });
  await screen.findByText("This message does not match the audit log");
  expect(screen.queryByRole("button", { name: /Check again/ })).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Do not send" }));
  await waitFor(() => expect(asked).toContain("POST /api/messages/M-held/drop"));
});

test("an override names those for whom it stood in", async () => {
  const warned = judged(bob, { name: "Bob", verdict: verdict({ outcome: "stale", action: "warn" }) });
  opened(
    message("accepted", { overridden: true }),
    {},
    { report: report({ sendable: false, recipients: [judged(ann), warned] }) },
  );
  const said = (await screen.findByText("Not cleared by itself:")).parentElement;
  expect(said?.textContent).toContain("Bob");
  expect(said?.textContent).not.toContain("ann");
  expect(screen.queryByText(/Everything was cleared/)).toBeNull();
});

test("without a report it is said that no evidence was kept", async () => {
  opened(message("accepted"), {}, { report: null });
  await screen.findByText(/kept no evidence/);
});

test("of many recipients the first are shown, with the evidence folded", async () => {
  const addresses = Array.from({ length: 500 }, (_, i) => `p${i}@gbr.example`);
  const m = message("accepted", { recipients: addresses.map((a) => status(a, "accepted")) });
  const { user, container } = opened(m, {}, { report: report({ recipients: addresses.map((a) => judged(a)) }) });
  await screen.findByText("Accepted 500");
  expect(container.querySelectorAll("li")).toHaveLength(50);
  await user.click(screen.getByRole("button", { name: "Show 100 more of 450" }));
  expect(container.querySelectorAll("li")).toHaveLength(150);
});

const claim = (kind: SentClaim["kind"], more: Partial<SentClaim> = {}): SentClaim => ({
  kind,
  at: "2026-11-21T14:07:00Z",
  reporter: "mail.ukr.example",
  ...more,
});

test("what was reported of a recipient is told as a claim, with who says so; the state stays what the server said", async () => {
  const read = claim("read", { at: "2026-11-21T14:10:00Z", reporter: "bob@ukr.example" });
  const m = message("accepted", {
    recipients: [status(ann, "accepted"), status(bob, "accepted", { reports: [claim("delivered"), read] })],
  });
  opened(m);
  const said = await screen.findByText(/says mail\.ukr\.example/);
  expect(said.textContent).toBe("Delivered 21 Nov 2026, 14:07Z, says mail.ukr.example");
  expect(screen.getByText(/says bob@ukr\.example/).textContent).toMatch(/^Read 21 Nov 2026, 14:10Z/);
  const heading = screen.getByRole("heading", { name: /^Recipients/ });
  expect(heading.textContent).toBe("Recipients Accepted 2 reported: Read 1");
  expect(screen.getByText(/What was reported since stands with each recipient/)).toBeTruthy();
});

test("who brought a claim stands beside who it says says so, where they differ", async () => {
  const reports = [
    claim("delivered", { from: "mallory@evil.example" }),
    claim("read", { reporter: "bob@ukr.example", from: "Bob@ukr.example", at: "2026-11-21T14:10:00Z" }),
    claim("deleted", { reporter: "", from: "bob@ukr.example", at: "2026-11-21T14:11:00Z" }),
  ];
  opened(message("accepted", { recipients: [status(bob, "accepted", { reports })] }));
  const said = await screen.findByText(/in a mail from/);
  expect(said.textContent).toContain("says mail.ukr.example, in a mail from mallory@evil.example");
  expect(screen.getAllByText(/says bob@ukr\.example/)).toHaveLength(2);
  expect(screen.getAllByText(/in a mail from/)).toHaveLength(1);
});

test("a recipient of whom it is reported that nothing arrived comes first, and the list counts him", async () => {
  const failed = claim("failed", { status: "5.1.1", text: "550 no such user" });
  const m = message("accepted", {
    recipients: [status(ann, "accepted"), status(bob, "accepted", { reports: [claim("delayed"), failed] })],
  });
  const shown = opened(m);
  await screen.findByText("5.1.1 550 no such user");
  expect(screen.getAllByRole("listitem")[0]?.textContent).toMatch(/^AcceptedCc.*Delayed, still tried.*Not delivered/);
  shown.unmount();
  sent({ "GET /api/messages": [m] });
  await screen.findByText("Reported not delivered: 1");
  expect(screen.getByText("Accepted")).toBeTruthy();
});

test("of some the list says for how many it is reported that it arrived; a code of success adds nothing", async () => {
  const m = message("accepted", {
    recipients: [
      status(ann, "accepted"),
      status(bob, "accepted", { reports: [claim("delivered", { status: "2.0.0" })] }),
    ],
  });
  const shown = opened(m);
  expect((await screen.findByText(/says mail\.ukr\.example/)).textContent).toMatch(/^Delivered/);
  expect(screen.queryByText("2.0.0")).toBeNull();
  expect(screen.getByText("As reported: nothing proves it.")).toBeTruthy();
  shown.unmount();
  sent({ "GET /api/messages": [m] });
  await screen.findByText("Reported delivered: 1 of 2");
});

test("a later report that it arrived after all ends the warning", async () => {
  const reports = [claim("failed"), claim("delivered")];
  sent({ "GET /api/messages": [message("accepted", { recipients: [status(bob, "accepted", { reports })] })] });
  await screen.findByText("Accepted");
  expect(screen.queryByText(/Reported not delivered/)).toBeNull();
  expect(screen.getByText("Reported delivered to all")).toBeTruthy();
});

test("that reports could not be read is said, and never taken for none", async () => {
  opened(message("accepted"), { "GET /api/messages/M-accepted": problem(500, "server-internal") });
  expect((await screen.findByRole("alert")).textContent).toBe("What was reported since could not be read.");
});

test.each<[CopyStatus["state"], string]>([
  ["queued", "Goes into the mailbox “j3” once the message was accepted"],
  ["accepted", "In the mailbox “j3”"],
  ["dropped", "Not put into the mailbox “j3”"],
])("the copy in the mailbox has a state of its own: %s", async (state, said) => {
  const m: Message = { ...message("accepted"), copy: { state, mailbox: "j3", note: "as noted" } };
  opened(m);
  const field = (await screen.findByText("Copy", { selector: "dt" })).parentElement;
  expect(field?.textContent).toBe(`Copy${said} as noted`);
});

test("a message without a copy says nothing of one", async () => {
  opened(message("accepted"));
  await screen.findByText("From");
  expect(screen.queryByText("Copy", { selector: "dt" })).toBeNull();
});

test("a member of a list that was written to by himself names the list, and has his own evidence", async () => {
  const team = "team@ukr.example";
  const inner = judged("inner@ukr.example", { kind: "list", members: [judged(bob, { name: "Bob", nation: "UKR" })] });
  const m = message("accepted", {
    recipients: [status(ann, "accepted"), status(bob, "accepted", { by: "Team@UKR.example" })],
  });
  opened(
    m,
    {},
    {
      draft: { channel: "mail", action: [ann], info: [team], body: "Text", label: "<x/>" },
      report: report({ recipients: [judged(ann), judged(team, { kind: "list", members: [inner] })] }),
    },
  );
  const row = (await screen.findByText("as a member of Team@UKR.example")).closest("li");
  expect(row?.textContent).toMatch(/^AcceptedCc/);
  expect(row?.textContent).toContain("Bob");
  expect(row?.textContent).toContain("read 21 Nov 2026, 14:05Z from GBR over StartTLS");
  expect(screen.getAllByText(/as a member of/)).toHaveLength(1);
});

test("an id that is not known leads back to the list", async () => {
  const { user, place } = sent(
    {
      "GET /api/messages": [message("accepted")],
      "GET /api/messages/NOPE/evidence": problem(404, "user-unknown-message"),
    },
    "/sent/NOPE",
  );
  await screen.findByRole("heading", { level: 1, name: "There is no such message" });
  await user.click(screen.getByRole("button", { name: "Back to the list" }));
  expect(place()).toBe("/sent");
});

test("in French, too", async () => {
  localStorage.setItem("caveat-language", "fr");
  opened(message("perhaps-delivered"));
  await screen.findByRole("button", { name: /Contrôler de nouveau et envoyer à 2 : certains peuvent/ });
});
