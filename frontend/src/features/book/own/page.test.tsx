import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { OwnGroup } from "../../../api/types";
import { fakeDirectory, fakeHit, readAt } from "../../../test-fakes";
import { type Answers, stage } from "../../../test-stage";
import { Announcements } from "../../frame/announcements";
import { OwnPage } from "./page";
import { withMembers } from "./queries";

const ann = fakeHit("GBR:ann", "Ann Ash", { favourite: true });
const member = { id: "GBR:ann", address: ann.address, name: "Ann Ash", state: "known" as const, hit: ann };
const gone = { id: "UKR:bo", address: "bo@ukr.example", name: "Bo", state: "gone" as const, hit: ann };
const group: OwnGroup = { id: "g1", name: "Night shift", members: [member, { ...gone }], changed: readAt };

function own(answers: Answers) {
  const bodies: unknown[] = [];
  const keep = (answer: unknown) => async (r: Request) => {
    bodies.push(await r.json());
    return answer;
  };
  const shown = stage(
    <>
      <OwnPage />
      <Announcements />
    </>,
    {
      at: "/book/own",
      path: "/book/own/:id?",
      answers: {
        "GET /api/directories": [fakeDirectory("GBR"), fakeDirectory("UKR")],
        "GET /api/book/favourites": [{ id: ann.id, name: "Ann Ash", hit: ann, count: 3, last: readAt }],
        "GET /api/book/recent": [{ id: "UKR:gone", name: "Somebody", hit: null, count: 1, last: readAt }],
        "GET /api/book/groups": [group],
        "POST /api/book/groups": keep(group),
        "PUT /api/book/groups/g1": keep(group),
        "DELETE /api/book/groups/g1": new Response(null, { status: 204 }),
        ...answers,
      },
    },
  );
  return { user: userEvent.setup(), bodies, ...shown };
}

test("favourites, groups and those used lately are shown; who left the book is said so", async () => {
  own({});
  expect((await screen.findAllByRole("link", { name: "Ann Ash" })).length).toBeGreaterThan(0);
  expect(screen.getByText("Night shift")).toBeTruthy();
  expect(screen.getByText("Somebody")).toBeTruthy();
  expect(screen.getAllByText(/no longer in the book/).length).toBe(2);
});

test("who is not in the book may be in a directory that was read only in part", async () => {
  own({
    "GET /api/directories": [fakeDirectory("GBR"), fakeDirectory("UKR", { incomplete: true, state: "incomplete" })],
  });
  await screen.findByText("The UKR directory was read in part: some of its entries are missing.");
});

test("the star takes a favourite away", async () => {
  const { user, asked } = own({ "DELETE /api/book/favourites/GBR%3Aann": new Response(null, { status: 204 }) });
  const star = await screen.findByRole("button", { name: "Make Ann Ash a favourite" });
  expect(star.getAttribute("aria-pressed")).toBe("true");
  await user.click(star);
  await waitFor(() => expect(asked.some((a) => a.startsWith("DELETE /api/book/favourites/"))).toBe(true));
});

test("a draft to a group goes to each of its members by name", async () => {
  const { user, place } = own({});
  await user.click(await screen.findByRole("button", { name: "New draft to 2" }));
  expect(place()).toMatch(/\?to=ann%40gbr\.example&to=bo%40ukr\.example$/);
});

test("a group is renamed, and loses a member", async () => {
  const { user, bodies } = own({});
  await user.click(await screen.findByRole("button", { name: "Rename" }));
  const field = screen.getByRole("textbox", { name: "Name of the group" });
  await user.clear(field);
  await user.type(field, "Day shift{Enter}");
  await waitFor(() => expect(bodies[0]).toMatchObject({ name: "Day shift" }));
  await user.click(await screen.findByRole("button", { name: "Take Bo out of the group" }));
  await waitFor(() =>
    expect(bodies[1]).toEqual({ name: "Night shift", members: [{ id: ann.id, address: ann.address }] }),
  );
});

test("a deleted group comes back with all its members", async () => {
  const { user, bodies, asked } = own({});
  await user.click(await screen.findByRole("button", { name: "Delete the group Night shift" }));
  await waitFor(() => expect(asked).toContain("DELETE /api/book/groups/g1"));
  await user.click(
    await within(screen.getAllByRole("status").at(-1) ?? document.body).findByRole("button", { name: "Undo" }),
  );
  await waitFor(() => expect(bodies).toHaveLength(1));
  expect(bodies[0]).toMatchObject({ name: "Night shift", members: [{ id: "GBR:ann" }, { id: "UKR:bo" }] });
});

test("empty, the page teaches the first step of each", async () => {
  own({ "GET /api/book/favourites": [], "GET /api/book/recent": [], "GET /api/book/groups": [] });
  await screen.findByText(/The star on an entry puts it here/);
  await screen.findByText(/A group is a list of your own/);
  await screen.findByText(/Whom you write to comes here/);
});

test("somebody who is in a group already stays in it once", () => {
  const more = [
    { id: "GBR:ann", address: "other@gbr.example" },
    { id: "AUS:x", address: "x@aus.example" },
  ];
  expect(withMembers(group, more).members.map((m) => m.id)).toEqual(["GBR:ann", "UKR:bo", "AUS:x"]);
});
