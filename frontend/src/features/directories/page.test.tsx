import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { fakeDirectory, readAt } from "../../test-fakes";
import { type Answers, problem, stage } from "../../test-stage";
import { DirectoriesPage } from "./page";

function directories(answers: Answers, at = "/admin/directories") {
  return {
    user: userEvent.setup(),
    ...stage(<DirectoriesPage />, {
      at,
      path: "/admin/directories/:name?",
      answers: {
        "GET /api/directories": [fakeDirectory("GBR"), fakeDirectory("UKR", { mode: "look-up" })],
        "GET /api/installation": { managed: false, nation: "GBR", roles: ["administrator"], identities: [] },
        ...answers,
      },
    }),
  };
}

const running = {
  started: readAt,
  updated: readAt,
  full: true,
  read: 250_000,
  added: 10,
  changed: 20,
  expected: 1_000_000,
  perSecond: 5000,
  leftSeconds: 150,
  bytes: 45_000_000,
  stopping: false,
};

test("all copied directories are read at once, looked-up ones are not counted", async () => {
  const { user, asked } = directories({ "POST /api/book/sync": { job: 1 } });
  await user.click(await screen.findByRole("button", { name: "Read the copied directory now" }));
  await waitFor(() => expect(asked).toContain("POST /api/book/sync"));
});

test("a read that is going on says how much, how fast and how long, and can be stopped", async () => {
  const { user, asked } = directories({
    "GET /api/directories": [fakeDirectory("GBR", { running })],
    "POST /api/directories/GBR/stop": { directory: "GBR", stopping: true },
  });
  await screen.findByText("GBR: reading everything");
  expect(
    screen.getByText(/250,000 of about 1,000,000 entries · 5,000 a second · about 3 min left · 45 MB/),
  ).toBeTruthy();
  expect(screen.getByRole("progressbar").getAttribute("value")).toBe("250000");
  await user.click(screen.getByRole("button", { name: "Stop: keep what was read" }));
  await waitFor(() => expect(asked).toContain("POST /api/directories/GBR/stop"));
});

test("a read of unknown length shows no false share", async () => {
  const unknown = { ...running, expected: 0, leftSeconds: null };
  directories({ "GET /api/directories": [fakeDirectory("GBR", { running: unknown })] });
  await screen.findByText(/250,000 entries · 5,000 a second · time left not known/);
  expect(screen.getByRole("progressbar").hasAttribute("value")).toBe(false);
});

test("entries that are gone all at once wait, and the button says exactly what will happen", async () => {
  const { user, asked } = directories({
    "GET /api/directories": [fakeDirectory("UKR", { state: "held", held: 1900 })],
    "POST /api/directories/UKR/confirm": { job: 3 },
  });
  await screen.findByText("UKR: 1,900 of 2,500 entries are gone from the directory");
  await user.click(screen.getByRole("button", { name: "Remove these 1,900 entries, and read UKR again" }));
  await waitFor(() => expect(asked).toContain("POST /api/directories/UKR/confirm"));
});

test("a directory is opened, and says how it is set up, what failed, and what a test finds", async () => {
  const { user } = directories(
    {
      "GET /api/directories": [
        fakeDirectory("DEU", { state: "failed", error: "no answer in 8 s", security: "plain", nextRun: null }),
      ],
      "POST /api/directories/DEU/test": {
        directory: "DEU",
        nation: "DEU",
        ok: false,
        error: "certificate expired",
        namingContexts: [],
        checks: [
          { step: "connection", ok: true, text: "ldap.deu.example:389" },
          { step: "certificate", ok: false, text: "expired on 1 Nov 2026" },
        ],
        strategies: [],
        auth: "anonymous",
        certificate: null,
        chain: [],
        paging: false,
        entries: 0,
        withClearance: 0,
      },
    },
    "/admin/directories/DEU",
  );
  const article = within(await screen.findByRole("article"));
  expect(await article.findByText("The last read failed")).toBeTruthy();
  expect(article.getByText("Clearances that are read there count for nothing.")).toBeTruthy();
  expect(article.getByText("not by itself")).toBeTruthy();
  expect(article.getByText("1.2 MB in 3 s")).toBeTruthy();
  await user.click(article.getByRole("button", { name: "Test the connection" }));
  expect(await article.findByText("It could not be asked")).toBeTruthy();
  expect(article.getByText(/expired on 1 Nov 2026/)).toBeTruthy();
});

test("where the administrator's file governs, nothing can be added or removed, and the page says why", async () => {
  directories(
    { "GET /api/installation": { managed: true, nation: "GBR", roles: ["administrator"], identities: [] } },
    "/admin/directories/GBR",
  );
  await screen.findByText(/centrally managed: its administrator’s file says/);
  expect(screen.queryByRole("button", { name: "Add a directory" })).toBeNull();
  expect(screen.queryByText("Remove this directory")).toBeNull();
});

test("removing says what goes, and needs a step of its own", async () => {
  const { user, asked, place } = directories(
    { "DELETE /api/directories/GBR": { directory: "GBR", path: "/x", secrets: [] } },
    "/admin/directories/GBR",
  );
  await user.click(await screen.findByText("Remove this directory"));
  await user.click(screen.getByRole("button", { name: "Remove GBR and forget its 2,500 entries" }));
  await waitFor(() => expect(place()).toBe("/admin/directories"));
  expect(asked).toContain("DELETE /api/directories/GBR?revision=r1");
});

test("nothing more is asked about a directory while it is being removed", async () => {
  const { user, asked, place } = directories(
    {
      "DELETE /api/directories/GBR": { directory: "GBR", path: "/x", secrets: [] },
      "GET /api/directories/GBR/settings": settings,
      "GET /api/directories/GBR/reads": { directory: "GBR", reads: [], days: [] },
    },
    "/admin/directories/GBR",
  );
  await user.click(await screen.findByText("Change how it decides and is read"));
  await screen.findByRole("textbox", { name: /Mail domains/ });
  await user.click(screen.getByText("Remove this directory"));
  await user.click(screen.getByRole("button", { name: "Remove GBR and forget its 2,500 entries" }));
  await waitFor(() => expect(place()).toBe("/admin/directories"));
  const after = asked.slice(asked.indexOf("DELETE /api/directories/GBR?revision=r1") + 1);
  expect(after).toContain("GET /api/directories");
  expect(after.filter((q) => q.includes("/GBR/"))).toEqual([]);
});

test("a program that refuses says why", async () => {
  const { user } = directories({ "POST /api/book/sync": problem(409, "user-look-up") });
  await user.click(await screen.findByRole("button", { name: "Read the copied directory now" }));
  await screen.findByText("This directory is not copied here");
});

const settings = {
  mailDomains: ["gbr.example"],
  chatDomains: [],
  mode: "mirror",
  live: "",
  lists: "",
  every: "15m",
  fullEvery: "24h",
  keep: "",
  maxLoss: 0.25,
  rate: 0,
  pins: [],
  revision: "r1",
};

const noReads = { directory: "GBR", reads: [], days: [] };

test("settings are changed as they are written, and what has no effect in a mode does not go with it", async () => {
  const bodies: unknown[] = [];
  const { user } = directories(
    {
      "GET /api/directories/GBR/settings": settings,
      "GET /api/directories/GBR/reads": { directory: "GBR", reads: [], days: [] },
      "PUT /api/directories/GBR/settings": async (r: Request) => {
        bodies.push(await r.json());
        return { name: "GBR", path: "/x", warnings: [] };
      },
    },
    "/admin/directories/GBR",
  );
  await user.click(await screen.findByText("Change how it decides and is read"));
  const mail = await screen.findByRole("textbox", { name: "Mail domains for which it decides" });
  await user.type(mail, ", mil.gbr.example");
  await user.selectOptions(screen.getByRole("combobox", { name: "What is kept here" }), "look-up");
  await user.click(screen.getByRole("button", { name: "Save these settings" }));
  await waitFor(() => expect(bodies).toHaveLength(1));
  expect(bodies[0]).toEqual({
    ...settings,
    mailDomains: ["gbr.example", "mil.gbr.example"],
    mode: "look-up",
    every: "",
    fullEvery: "",
    maxLoss: 0,
  });
});

test("a directory is paused, says what that means, and is resumed", async () => {
  const { user, asked } = directories(
    {
      "GET /api/directories": [fakeDirectory("GBR", { paused: true }), fakeDirectory("UKR")],
      "GET /api/directories/GBR/reads": { directory: "GBR", reads: [], days: [] },
      "POST /api/directories/GBR/resume": { name: "GBR", path: "/x", warnings: [] },
    },
    "/admin/directories/GBR",
  );
  await screen.findByText(/It is neither read nor asked/);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Read now" }).disabled).toBe(true);
  expect(screen.getByRole("button", { name: "Read the copied directory now" })).toBeTruthy(); // the other one
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await waitFor(() => expect(asked).toContain("POST /api/directories/GBR/resume?revision=r1"));
});

test("settings that somebody changed meanwhile are not overwritten: what was typed stays, and goes with what is read anew", async () => {
  const bodies: { revision: string; mailDomains: string[] }[] = [];
  let now = settings;
  const { user } = directories(
    {
      "GET /api/directories/GBR/settings": () => now,
      "GET /api/directories/GBR/reads": noReads,
      "PUT /api/directories/GBR/settings": async (r: Request) => {
        const body = await r.json();
        bodies.push(body);
        if (body.revision !== now.revision) return problem(409, "user-settings-changed");
        now = { ...body, revision: `after ${now.revision}` };
        return { name: "GBR", path: "/x", warnings: [], revision: now.revision };
      },
    },
    "/admin/directories/GBR",
  );
  const summary = await screen.findByText("Change how it decides and is read");
  const save = () => user.click(screen.getByRole("button", { name: "Save these settings" }));
  const mail = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Mail domains for which it decides" });
  await user.click(summary);
  await mail();
  now = { ...settings, every: "30m", revision: "r2" };
  await user.type(await mail(), " mil.gbr.example");
  await save();
  await screen.findByRole("heading", { name: "Somebody has changed this meanwhile" });
  expect((await mail()).value).toBe("gbr.example mil.gbr.example");
  await user.click(summary); // closed, and looked at as it is now
  await waitFor(() => expect(screen.queryByRole("button", { name: "Save these settings" })).toBeNull());
  await user.click(summary);
  await user.type(await mail(), " mil.gbr.example");
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Read every" }).value).toBe("30m");
  await save();
  await waitFor(() => expect(bodies).toHaveLength(2));
  await waitFor(() =>
    expect(screen.queryByRole("heading", { name: "Somebody has changed this meanwhile" })).toBeNull(),
  );
  await save(); // once more: of what this form has saved itself
  await waitFor(() => expect(bodies.map((b) => b.revision)).toEqual(["r1", "r2", "after r2"]));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a directory that somebody changed meanwhile is not removed unseen", async () => {
  const { user, place } = directories(
    { "DELETE /api/directories/GBR": problem(409, "user-settings-changed") },
    "/admin/directories/GBR",
  );
  await user.click(await screen.findByText("Remove this directory"));
  await user.click(screen.getByRole("button", { name: "Remove GBR and forget its 2,500 entries" }));
  await screen.findByRole("heading", { name: "Somebody has changed this meanwhile" });
  expect(place()).toBe("/admin/directories/GBR");
});

test("reads of late say what failed and why, and what each day cost", async () => {
  const read = { seconds: 1, strategy: "full", full: true, read: 10, added: 0, changed: 0, removed: 0, bytes: 1000 };
  directories(
    {
      "GET /api/directories/GBR/reads": {
        directory: "GBR",
        reads: [
          { ...read, started: readAt, state: "failed", error: "no answer in 8 s" },
          { ...read, started: "2026-11-21T13:00:00Z", state: "ok" },
        ],
        days: [{ day: "2026-11-21", reads: 2, failed: 1, bytes: 2000, seconds: 2 }],
      },
    },
    "/admin/directories/GBR",
  );
  await screen.findByText("no answer in 8 s");
  expect(screen.getByRole("row", { name: /21 Nov 2026 2 1 2 kB/ })).toBeTruthy();
});

test("who is no administrator changes nothing", async () => {
  directories(
    { "GET /api/installation": { managed: false, nation: "GBR", roles: ["auditor"], identities: [] } },
    "/admin/directories/GBR",
  );
  await screen.findByRole("link", { name: "Nations and routes" });
  for (const name of ["Add a directory", "Pause"]) expect(screen.queryByRole("button", { name })).toBeNull();
  expect(screen.queryByText("Change how it decides and is read")).toBeNull();
  expect(screen.queryByText("Remove this directory")).toBeNull();
});

test("what is only looked up says when it is asked, and offers no reading", async () => {
  directories(
    { "GET /api/directories": [fakeDirectory("UKR", { mode: "look-up", state: "never-read", live: "typing" })] },
    "/admin/directories/UKR",
  );
  const article = within(await screen.findByRole("article"));
  expect(await article.findByText("Asked while one types")).toBeTruthy();
  expect(article.getByRole("button", { name: "Test the connection" })).toBeTruthy();
  expect(article.getByRole("link", { name: "Search the book" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: /^Read/ })).toBeNull();
  expect(screen.queryByText("Never read")).toBeNull();
});
