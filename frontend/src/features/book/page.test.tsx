import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import {
  fakeSearched as directory,
  fakeEntry as entry,
  fakeDirectory,
  fakeFound as found,
  fakeHit as hit,
  readAt,
} from "../../test-fakes";
import { type Answers, problem, stage } from "../../test-stage";
import { BookPage } from "./page";
import { joined, settled } from "./queries";

const ann = hit("GBR:ann", "Ann Ash", { rank: "Major", title: "SO2 Ops" });
const bob = hit("GBR:bob", "Bob Birch");
const query = (r: Request, name: string) => new URL(r.url).searchParams.get(name);

function book(answers: Answers, at = "/book") {
  return {
    user: userEvent.setup(),
    ...stage(<BookPage />, {
      at,
      path: "/book/:id?",
      answers: {
        "GET /api/directories": [fakeDirectory("GBR"), fakeDirectory("UKR")],
        "GET /api/book/favourites": [],
        "GET /api/installation": { nation: "USA", roles: [], identities: [] },
        "GET /api/book/search": found([ann, bob]),
        "GET /api/book/entry": [entry(ann)],
        ...answers,
      },
    }),
  };
}

const field = () => screen.getByRole("searchbox", { name: "Search all nations" });

test("typing asks the local copy, nation and kind narrow it down", async () => {
  const { user, asked } = book({
    "GET /api/book/search": (r: Request) => found(query(r, "text") === "" ? [ann, bob] : [bob]),
  });
  await screen.findByText("Bob Birch");
  expect(document.title).toBe("Book – Caveat");
  await user.type(field(), "bir");
  await waitFor(() => expect(screen.queryByText("Ann Ash")).toBeNull());
  await user.selectOptions(screen.getByRole("combobox", { name: "Nation" }), "UKR");
  await user.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "List");
  await waitFor(() => expect(asked.at(-1)).toContain("text=bir&limit=100&scope=cache&nation=UKR&kind=list"));
  expect(asked.some((a) => /scope=(enter|all)/.test(a))).toBe(false);
});

test("Enter asks the directories: rows that were there stay, new ones come below, who did not answer is named", async () => {
  const cat = hit("UKR:cat", "Cat Cedar", { nation: "UKR" });
  const live = found([cat, ann], {
    directories: [directory("GBR", { state: "live" }), directory("UKR", { state: "down", why: "no answer in 8 s" })],
    incomplete: true,
  });
  const { user } = book({
    "GET /api/book/search": (r: Request) => (query(r, "scope") === "enter" ? live : found([ann, bob])),
  });
  await user.type(field(), "a{Enter}");
  await screen.findByText("Cat Cedar");
  const names = screen
    .getAllByRole("row")
    .slice(1)
    .map((r) => r.textContent);
  expect(names.map((n) => /Ann|Bob|Cat/.exec(n ?? "")?.[0])).toEqual(["Ann", "Bob", "Cat"]);
  expect(screen.getByText(/Could not ask the UKR directory/)).toBeTruthy();
  expect(screen.getByText(/1 of 2 directories answered/)).toBeTruthy();
  await user.type(field(), "b"); // another search: the answer was not for it
  await waitFor(() => expect(screen.queryByText("Cat Cedar")).toBeNull());
});

test("a question to the directories can be stopped, and what is found meanwhile stays", async () => {
  const { user } = book({
    "GET /api/book/search": (r: Request) =>
      query(r, "scope") === "enter" ? new Promise(() => undefined) : found([ann]),
  });
  await user.type(field(), "a{Enter}");
  await user.click(await screen.findByRole("button", { name: "Stop" }));
  await screen.findByRole("button", { name: "Ask the directories now" });
  expect(screen.getByText("Ann Ash")).toBeTruthy();
});

test.each([
  ["with rows", [ann], "Ann Ash"],
  ["without a row", [], "There are more, which are not listed"],
] as const)("where the copy goes no further, the page says so and asks no more: %s", async (_, hits, text) => {
  const { asked } = book({ "GET /api/book/search": found([...hits], { more: true, next: 0 }) });
  await screen.findByText(text, { exact: false });
  await act(() => new Promise((resolve) => setTimeout(resolve, 100)));
  expect(screen.getByText(/There are more, which are not listed: type more of the name/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Show the next ones" })).toBeNull();
  expect(asked.filter((a) => a.includes("/api/book/search"))).toHaveLength(1);
});

test("a search without a hit offers the directories", async () => {
  const { user, asked } = book({ "GET /api/book/search": found([]) });
  await user.type(field(), "zz");
  await screen.findByRole("heading", { name: "Nothing in the local copy matches “zz”" });
  await user.click(screen.getAllByRole("button", { name: "Ask the directories now" })[1] ?? document.body);
  await screen.findByRole("heading", { name: "Nothing matches “zz”" });
  expect(asked.some((a) => a.includes("scope=all"))).toBe(true);
});

test("a book that was never read teaches to read the directories", async () => {
  let read = false;
  const unread = [directory("GBR", { state: "never-read", entries: 0, age: null, readAt: null })];
  const { user } = book({
    "GET /api/book/search": () => (read ? found([ann]) : found([], { directories: unread })),
    "POST /api/book/sync": () => {
      read = true;
      return { job: 7 };
    },
    "GET /api/jobs/7": { id: 7, kind: "book-sync", state: "done" },
  });
  await screen.findByRole("heading", { name: "The book is still empty" });
  await user.click(screen.getByRole("button", { name: "Read the directories" }));
  await screen.findByText("Ann Ash");
});

test("further entries are asked for when the last ones come into sight, and that there are more is said until then", async () => {
  let answer: (found: unknown) => void = () => undefined;
  const { asked } = book({
    "GET /api/book/search": (r: Request) =>
      query(r, "offset") === null
        ? found([ann], { more: true, next: 140 })
        : new Promise((resolve) => {
            answer = resolve;
          }),
  });
  await screen.findByText("The first 1 of the local copy are shown.");
  await waitFor(() => expect(asked.at(-1)).toContain("limit=500&scope=cache&offset=140"));
  await act(async () => answer(found([ann, bob], { next: 642 }))); // one of them again
  await screen.findByText("Bob Birch");
  expect(screen.queryByText(/of the local copy are shown/)).toBeNull();
  expect(screen.getAllByRole("row").length).toBe(3);
});

test("further entries that cannot be read are asked for again by the button alone", async () => {
  let fails = true;
  const { user, asked } = book({
    "GET /api/book/search": (r: Request) => {
      if (query(r, "offset") === null) return found([ann], { more: true, next: 100 });
      return fails ? problem(500, "server-internal") : found([bob], { next: 200 });
    },
  });
  const button = await screen.findByRole("button", { name: "Show the next ones" });
  await waitFor(() => expect(asked.filter((a) => a.includes("offset=100")).length).toBeGreaterThan(0));
  await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
  fails = false;
  await user.click(button);
  await screen.findByText("Bob Birch");
});

test("nobody in the first part is no answer while there is another", async () => {
  book({
    "GET /api/book/search": (r: Request) =>
      query(r, "offset") === null ? found([], { more: true, next: 400 }) : found([bob], { next: 800 }),
  });
  await screen.findByText("Bob Birch");
  expect(screen.queryByRole("heading", { name: /Nothing/ })).toBeNull();
});

test("those who are marked are read again at once, and what changed is said of each", async () => {
  const bodies: unknown[] = [];
  const { user } = book({
    "POST /api/book/reread": async (r: Request) => {
      bodies.push(await r.json());
      return {
        at: readAt,
        entries: [
          {
            id: ann.id,
            name: "Ann Ash",
            address: ann.address,
            state: "changed",
            changes: [{ field: "mail", old: [], new: [], text: "" }],
          },
          { id: bob.id, name: "Bob Birch", address: bob.address, state: "not-read", why: "down", changes: [] },
        ],
        directories: [directory("GBR", { state: "down", why: "Could not ask the directory GBR (no answer in 8s)." })],
        changed: 1,
        gone: 0,
        notRead: 1,
      };
    },
  });
  await screen.findByText("Bob Birch");
  await user.click(field());
  await user.keyboard("{ArrowDown}{Control>}a{/Control}");
  await user.click(await screen.findByRole("button", { name: "Read again now" }));
  await screen.findByText("Read again at 14:05Z: 1 changed, 1 could not be read again.");
  expect(screen.getByText("Could not ask the directory GBR (no answer in 8s).")).toBeTruthy();
  expect(bodies).toEqual([{ ids: [ann.id, bob.id] }]);
});

test("an entry is opened from its row, has the focus, and gives it back", async () => {
  const { user, place } = book({});
  await screen.findByText("Ann Ash");
  await user.click(field());
  await user.keyboard("{ArrowDown}{Enter}");
  const heading = await screen.findByRole("heading", { level: 1, name: "Major Ann Ash" });
  expect(document.activeElement).toBe(heading);
  expect(place()).toBe("/book/GBR%3Aann");
  expect(await screen.findByText("uid=ann,dc=gbr")).toBeTruthy();
  expect(screen.getByText("1 published")).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(place()).toBe("/book");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("writing to somebody starts a draft with the address", async () => {
  const { user, place } = book({}, "/book/GBR%3Aann");
  await user.click(await screen.findByRole("button", { name: "Write to Ann Ash" }));
  expect(place()).toMatch(/^\/draft\/[0-9a-f]+\?to=ann%40gbr\.example$/);
});

test("all entries that claim one address are shown", async () => {
  const double = entry(hit("UKR:ann", "Ann Other", { nation: "UKR", address: ann.address, mail: ann.mail }));
  book(
    {
      "GET /api/book/entry": (r: Request) => (query(r, "what") === "GBR:ann" ? [entry(ann)] : [entry(ann), double]),
    },
    "/book/GBR%3Aann",
  );
  await screen.findByText("2 entries claim the same address");
  expect(screen.getByRole("heading", { name: "Entry 1 of 2: Major Ann Ash" })).toBeTruthy();
  expect(screen.getByRole("heading", { name: "Entry 2 of 2: Ann Other" })).toBeTruthy();
});

test("members lead to their entries; those whom the book has not are shown by DN", async () => {
  const list = entry(hit("GBR:list", "Staff List", { kind: "list" }), {
    clearances: 0,
    members: ["UID=ann, dc=gbr", "uid=gone,dc=gbr"],
    resolved: [ann],
  });
  book({ "GET /api/book/entry": [list] }, "/book/GBR%3Alist");
  const article = await screen.findByRole("article");
  expect((await within(article).findByRole("link", { name: "Major Ann Ash" })).getAttribute("href")).toBe(
    "/book/GBR%3Aann",
  );
  expect(within(article).getByText("uid=gone,dc=gbr")).toBeTruthy();
  expect(within(article).getByText(/each member is checked/)).toBeTruthy();
});

test("an entry that is not there is said so", async () => {
  book({ "GET /api/book/entry": problem(404, "user-not-found") }, "/book/GBR%3Anobody");
  await screen.findByRole("heading", { level: 1, name: "This entry is not in the book" });
});

test("a program that cannot search says why, and is asked again", async () => {
  let fails = true;
  const { user } = book({
    "GET /api/book/search": () => (fails ? problem(503, "server-no-answer") : found([ann])),
  });
  await screen.findByText("The program that holds the data does not answer");
  fails = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("Ann Ash");
});

test("what the directories said is newer, and no row moves", () => {
  const newer = { ...bob, title: "Chief" };
  const cat = hit("UKR:cat", "Cat Cedar");
  expect(joined([ann, bob], [cat, newer])).toEqual([ann, newer, cat]);
  expect(joined([ann, bob], [])).toEqual([ann, bob]);
});

test("rows that are on the screen stay where they are while the question is the same", () => {
  const cat = hit("UKR:cat", "Cat Cedar");
  expect(settled([bob, ann], [cat, ann, bob])).toEqual([bob, ann, cat]); // the copy ranks otherwise meanwhile
  expect(settled([bob, ann], [ann])).toEqual([ann]);
});

test("what comes while one types takes its place below, under a cursor that stays", async () => {
  const cat = hit("GBR:cat", "Cat Cedar");
  let answer: (v: unknown) => void = () => undefined;
  const late = new Promise((done) => {
    answer = done;
  });
  const { user } = book({
    "GET /api/book/search": (r: Request) => (query(r, "scope") === "typing" ? late : found([ann, bob])),
  });
  await user.type(field(), "an");
  await screen.findByText("Bob Birch");
  await user.keyboard("{ArrowDown}{ArrowDown}");
  const marked = () => document.querySelector("[data-cursor]")?.textContent;
  await waitFor(() => expect(marked()).toContain("Bob Birch"));
  answer(found([cat, ann, bob], { directories: [directory("GBR", { state: "live" }), directory("UKR")] }));
  await screen.findByText("Cat Cedar");
  expect(marked()).toContain("Bob Birch");
  expect(
    screen
      .getAllByRole("row")
      .slice(1)
      .map((r) => /Ann|Bob|Cat/.exec(r.textContent ?? "")?.[0]),
  ).toEqual(["Ann", "Bob", "Cat"]);
  expect(within(screen.getByRole("list", { name: "How the directories stand" })).getByText("live")).toBeTruthy();
});

test("one row for an address says who else has it, that it is disabled, and who looks like it", async () => {
  const seen = hit("GBR:ann", "Ann Ash", {
    disabled: true,
    also: [{ id: "UKR:1", directory: "UKR", nation: "UKR", name: "Ann", decides: false }],
    lookalike: "J6, not J3",
    favourite: true,
  });
  book({ "GET /api/book/search": found([seen]) });
  expect(await screen.findByText("Disabled · also in UKR · not to be confused: J6, not J3")).toBeTruthy();
  expect(screen.getByRole("img", { name: "Favourite" })).toBeTruthy();
});

test("marked entries are written to together, also when another search no longer shows them", async () => {
  const { user, place } = book({
    "GET /api/book/search": (r: Request) => (query(r, "text") === "b" ? found([bob]) : found([ann])),
  });
  await screen.findByText("Ann Ash");
  await user.click(field());
  await user.keyboard("{ArrowDown} ");
  await user.type(field(), "b");
  await screen.findByText("Bob Birch");
  await user.keyboard("{ArrowDown} ");
  await user.click(await screen.findByRole("button", { name: "New draft to 2" }));
  expect(place()).toMatch(/\?to=ann%40gbr\.example&to=bob%40gbr\.example$/);
});
