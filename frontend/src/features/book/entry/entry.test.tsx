import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Entry } from "../../../api/types";
import { fakeDirectory, fakeEntry, fakeHit, readAt } from "../../../test-fakes";
import { type Answers, stage } from "../../../test-stage";
import { EntryDetail } from "./entry";

const ann = fakeHit("GBR:ann", "Ann Ash", { rank: "Major" });
const live = {
  id: ann.id,
  at: readAt,
  state: "changed",
  entry: null,
  changes: [
    { field: "title", old: ["SO2 Ops"], new: ["SO1 Ops"], text: "" },
    { field: "clearance", old: [], new: [], text: "" },
  ],
  photo: "iVBORw0KGgo=",
  photoType: "image/png",
  certificates: [
    { subject: "CN=Ann", issuer: "CN=CA", serial: "1", notBefore: readAt, notAfter: readAt, use: "", state: "expired" },
  ],
  unreadable: 1,
  memberOf: [],
  memberOfIncomplete: false,
};

function detail(entry: Partial<Entry>, answers: Answers = {}, roles: string[] = []) {
  const close = vi.fn();
  const shown = stage(<EntryDetail what="GBR:ann" hit={undefined} close={close} />, {
    at: "/",
    path: "/",
    answers: {
      "GET /api/book/entry": [fakeEntry(ann, entry)],
      "GET /api/directories": [fakeDirectory("GBR")],
      "GET /api/book/favourites": [],
      "GET /api/installation": { nation: "USA", roles, identities: [] },
      "GET /api/shell": { window: false },
      ...answers,
    },
  });
  return { user: userEvent.setup(), close, ...shown };
}

test("path, groups, capabilities and freshness are said in words", async () => {
  const staff = fakeHit("GBR:staff", "Staff List", { kind: "list" });
  detail({
    path: [{ id: 7, directory: "GBR", name: "J3", dn: "", nodes: 0, entries: 1, total: 1 }],
    groups: [staff],
    capabilities: { maxSize: 5_000_000, noAttachments: true, emCon: "receive-only", labels: "no", mmhs: "yes" },
    freshness: { age: 90_000, state: "stale", why: "no answer in 8 s" },
    certificateUntil: "2027-01-02T00:00:00Z",
  });
  expect((await screen.findByRole("link", { name: "J3" })).getAttribute("href")).toBe(
    "/book/browse?directory=GBR&node=7",
  );
  expect(screen.getByRole("link", { name: "Staff List" })).toBeTruthy();
  expect(screen.getByText("5 MB")).toBeTruthy();
  expect(screen.getByText("Receives only: no answer will come")).toBeTruthy();
  expect(screen.getByText("Not understood")).toBeTruthy();
  expect(screen.getByText("It could not be read since: no answer in 8 s")).toBeTruthy();
  expect(screen.getByText("valid until 2 Jan 2027")).toBeTruthy();
});

test("a disabled entry says so before anything else", async () => {
  detail({ disabled: true });
  expect(await screen.findByText("This entry is disabled in its directory")).toBeTruthy();
});

test("a partner's directory is asked when told to: what changed, photo, certificates; never what a clearance holds", async () => {
  const { user, asked } = detail({}, { "GET /api/book/entry/live": live });
  const button = await screen.findByRole("button", { name: "Read it now" });
  expect(asked.some((a) => a.includes("/live"))).toBe(false);
  await user.click(button);
  await screen.findByText("SO2 Ops → SO1 Ops");
  expect(screen.getByText("Clearance").textContent).toBe("Clearance");
  expect(screen.getByRole<HTMLImageElement>("img", { name: "Photo of Major Ann Ash" }).src).toBe(
    "data:image/png;base64,iVBORw0KGgo=",
  );
  expect(screen.getByText("Expired")).toBeTruthy();
  expect(screen.getByText("1 certificate cannot be read.")).toBeTruthy();
});

test("the own nation's directory is asked at once", async () => {
  detail(
    {},
    {
      "GET /api/installation": { nation: "GBR", roles: [], identities: [] },
      "GET /api/book/entry/live": { ...live, state: "down", why: "no answer in 8 s", changes: [], certificates: [] },
    },
  );
  await screen.findByText(/The directory could not be asked/);
  expect(screen.getByText("no answer in 8 s")).toBeTruthy();
});

test("what somebody holds is not asked for a drafter (RULES 19)", async () => {
  const { asked } = detail({});
  await screen.findByText("uid=ann,dc=gbr");
  expect(screen.queryByRole("button", { name: "Show what it holds" })).toBeNull();
  expect(asked.some((a) => a.includes("/clearance"))).toBe(false);
});

test("an auditor sees it in words and as published", async () => {
  const held = {
    policy: "NATO",
    known: true,
    classifications: ["SECRET"],
    categories: [{ tagSet: "Special", type: "RESTRICTIVE", values: ["ATOMAL"] }],
    problems: [],
    xml: "<clearance/>",
  };
  const answers = { "GET /api/book/entry/clearance": { id: ann.id, clearances: [held] } };
  const { user } = detail({}, answers, ["auditor"]);
  await user.click(await screen.findByRole("button", { name: "Show what it holds" }));
  await screen.findByText("SECRET");
  expect(screen.getByText("<clearance/>")).toBeTruthy();
});

test("a group is opened to the last level; where it comes round again it ends, and says so", async () => {
  const inner = fakeHit("GBR:inner", "Inner List", { kind: "list", dn: "cn=inner" });
  const rows = [
    { depth: 1, dn: "cn=inner", via: "GBR:ann", state: "shown", hit: inner },
    { depth: 2, dn: "uid=ann,dc=gbr", via: "GBR:inner", state: "again", hit: ann },
    { depth: 2, dn: "uid=who", via: "GBR:inner", state: "unknown", hit: null },
  ];
  const opened = {
    id: ann.id,
    rows,
    people: 1,
    unknown: 1,
    complete: false,
    cut: ["Inner List names Staff List again"],
  };
  const { user } = detail(
    { kind: "list", members: ["cn=inner"], resolved: [inner] },
    { "GET /api/book/members": opened },
  );
  await user.click(await screen.findByRole("button", { name: "Open all groups among them" }));
  await screen.findByText(/1 person in all\. 1 not in the book\. There may be more/);
  expect(screen.getByText("Inner List names Staff List again")).toBeTruthy();
  expect(screen.getByText(/stands above already/)).toBeTruthy();
  const list = within(screen.getByRole("article"));
  expect(list.getByText("uid=who")).toBeTruthy();
});

test("groups that the directory names only in part are said to be a part", async () => {
  const { user } = detail(
    {},
    { "GET /api/book/entry/live": { ...live, memberOf: ["cn=ops,dc=gbr", "cn=all,dc=gbr"], memberOfIncomplete: true } },
  );
  await user.click(await screen.findByRole("button", { name: "Read it now" }));
  await screen.findByText("The directory gave only a part of them: there are more.");
  expect(screen.getByText("Belongs there to more than 2 groups")).toBeTruthy();
});

test("of a directory that was read in part, lists and groups of an entry may be short: that is said", async () => {
  detail({}, { "GET /api/directories": [fakeDirectory("GBR", { incomplete: true, state: "incomplete" })] });
  await screen.findByText("The GBR directory was read in part: some of its entries are missing.");
});

test("a vCard is loaded by the browser as a file", async () => {
  const made: Blob[] = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((b) => {
    made.push(b as Blob);
    return "blob:test";
  });
  const card = new Response("BEGIN:VCARD", { headers: { "content-type": "text/vcard" } });
  const { user } = detail({}, { "POST /api/book/vcard": card });
  await user.click(await screen.findByRole("button", { name: "Save the vCard" }));
  await vi.waitFor(() => expect(made).toHaveLength(1));
  expect(await made[0]?.text()).toBe("BEGIN:VCARD");
});
