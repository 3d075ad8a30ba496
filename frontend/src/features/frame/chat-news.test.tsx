import { useQueryClient } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Chat, ChatConversation } from "../../api/types";
import { fakeChat, fakeLabel, fakeTalk, noLabel } from "../../test-fakes";
import { stage } from "../../test-stage";
import { useChatNews, useChatUnread } from "./chat-news";

const said = vi.hoisted(() => [] as { text: string; action?: { run: () => void } }[]);
vi.mock("../../components/announce", () => ({
  announce: (text: string, action?: { run: () => void }) => said.push({ text, ...(action ? { action } : {}) }),
}));
beforeEach(() => {
  said.length = 0;
});

const id = "room0000000000000000";
const last = {
  at: "2026-11-21T14:05:00Z",
  mine: false,
  from: "olena",
  label: fakeLabel(),
  text: "The bridge is down",
  withheld: false,
};
const room = (more: Partial<ChatConversation> = {}) => fakeTalk(id, { last, ...more });

/** Frame is what the frame does with chat; its button stands for a change that the program tells. */
function Frame() {
  useChatNews();
  const unread = useChatUnread();
  const client = useQueryClient();
  return (
    <>
      <output>{unread}</output>
      <button type="button" onClick={() => void client.invalidateQueries({ queryKey: ["chat"] })}>
        changed
      </button>
    </>
  );
}

/** framed answers one after the other with what there is of chat. */
async function framed(answers: Chat[], at = "/") {
  let n = 0;
  const notices: unknown[] = [];
  const shown = stage(<Frame />, {
    at,
    path: "*",
    answers: {
      "GET /api/chat": () => answers[Math.min(n++, answers.length - 1)],
      "GET /api/shell": { window: true },
      "POST /api/shell/notify": async (r: Request) => {
        notices.push(await r.json());
        return {};
      },
    },
  });
  const user = userEvent.setup();
  await screen.findByText(String(answers[0]?.unread));
  for (const next of answers.slice(1)) {
    await user.click(screen.getByRole("button", { name: "changed" }));
    await screen.findByText(String(next.unread));
  }
  return { ...shown, notices };
}

test("what was there when the page was opened is no news", async () => {
  await framed([fakeChat([room({ unread: 3, notCleared: 2 })])]);
  expect(said).toEqual([]);
});

test("a new message is told with who, leads there, and is not told of twice at once", async () => {
  const { place } = await framed([
    fakeChat([room()]),
    fakeChat([room({ unread: 1 })]),
    fakeChat([room({ unread: 2 })]),
  ]);
  expect(said.map((s) => s.text)).toEqual(["Operations Room: a new message"]);
  said[0]?.action?.run();
  await waitFor(() => expect(place()).toBe(`/chat/${id}`));
});

test("in the conversation that is open nothing is told: it is in sight", async () => {
  await framed([fakeChat([room()]), fakeChat([room({ unread: 1, notCleared: 1 })])], `/chat/${id}`);
  expect(said).toEqual([]);
});

test("who comes into a room and is not cleared is told of from everywhere", async () => {
  await framed([
    fakeChat([room({ unread: 1 })]),
    fakeChat([room({ unread: 2, notCleared: 1, last: { ...last, mine: true } })]),
  ]);
  expect(said.map((s) => s.text)).toEqual(["1 person in Operations Room is not cleared for what is said there"]);
});

test.each<[string, Partial<ChatConversation>, string]>([
  ["of a room", {}, "NATO SECRET · olena, Operations Room"],
  ["of a person", { kind: "person", name: "Olena Kovalchuk" }, "NATO SECRET · Olena Kovalchuk"],
  ["that is withheld", { last: { ...last, withheld: true, text: "" } }, "NATO SECRET · olena, Operations Room"],
  ["without a label", { last: { ...last, label: noLabel } }, "No label · olena, Operations Room"],
  [
    "with an invalid one",
    { last: { ...last, label: fakeLabel({ state: "faulty" }) } },
    "Label not reliable · olena, Operations Room",
  ],
  [
    "with an assumed one",
    { last: { ...last, label: fakeLabel({ state: "assumed" }) } },
    "assumed NATO SECRET · olena, Operations Room",
  ],
])("a notice of the system %s shows the marking and who, never the text", async (_, more, wanted) => {
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  const { notices } = await framed([fakeChat([room(more)]), fakeChat([room({ ...more, unread: 1 })])]);
  await waitFor(() => expect(notices).toEqual([{ title: "Caveat", text: wanted }]));
});
