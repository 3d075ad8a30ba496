import { useQueryClient } from "@tanstack/react-query";
import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Inbox, InboxRow } from "../../api/types";
import { fakeInbox, fakeRow } from "../../test-fakes";
import { stage } from "../../test-stage";
import { useArrivals, useUnread } from "./arrivals";

const said = vi.hoisted(() => [] as { text: string; action?: { run: () => void } }[]);
vi.mock("../../components/announce", () => ({
  announce: (text: string, action?: { run: () => void }) => said.push({ text, ...(action ? { action } : {}) }),
}));
beforeEach(() => {
  said.length = 0;
});

const at = (minute: number) => `2026-11-21T14:${String(minute).padStart(2, "0")}:00Z`;
const row = (n: number, more: Partial<InboxRow> = {}) => fakeRow(`m${n}`, { seen: false, received: at(n), ...more });

/** Frame is what the frame does with the inbox; its button stands for a change that the program tells. */
function Frame() {
  useArrivals();
  const unread = useUnread();
  const client = useQueryClient();
  return (
    <>
      <output>{unread}</output>
      <button type="button" onClick={() => void client.invalidateQueries({ queryKey: ["inbox"] })}>
        changed
      </button>
    </>
  );
}

/** framed answers one after the other with what the inbox holds. */
function framed(answers: Inbox[], isWindow = false) {
  let n = 0;
  const notices: unknown[] = [];
  const shown = stage(<Frame />, {
    at: "/",
    path: "*",
    answers: {
      "GET /api/inbox": () => answers[Math.min(n++, answers.length - 1)],
      "GET /api/shell": { window: isWindow },
      "POST /api/shell/notify": async (r: Request) => {
        notices.push(await r.json());
        return {};
      },
    },
  });
  const user = userEvent.setup();
  const change = async () => {
    const before = n;
    await user.click(screen.getByRole("button", { name: "changed" }));
    await waitFor(() => expect(n).toBe(before + 1));
  };
  return { ...shown, user, change, notices };
}

test("what comes in is told, wherever one is, with a way to it; what was there is not", async () => {
  const { change, place } = framed([fakeInbox([row(1)]), fakeInbox([row(2), row(1)])]);
  await screen.findByText("1");
  expect(said).toEqual([]);
  await change();
  await screen.findByText("2");
  expect(said.map((a) => a.text)).toEqual(["A message came in"]);
  act(() => said[0]?.action?.run());
  expect(place()).toBe("/inbox/m2");
});

test("several are counted; an urgent one is told as such", async () => {
  const { change } = framed([
    fakeInbox([row(1)]),
    fakeInbox([row(3), row(2), row(1)]),
    fakeInbox([row(5), row(4, { precedence: "flash" }), row(3)]),
  ]);
  await screen.findByText("1");
  await change();
  await waitFor(() => expect(said.at(-1)?.text).toBe("2 messages came in"));
  await change();
  await waitFor(() => expect(said.at(-1)?.text).toBe("A message came in with precedence Flash"));
});

test.each<[string, Inbox, Inbox]>([
  ["a message that was read elsewhere and is unread again", fakeInbox([row(2)]), fakeInbox([row(2), row(1)])],
  ["the first reading of a mailbox", fakeInbox([], { state: "new" }), fakeInbox([row(2), row(1)])],
  [
    "a report on what was sent from here",
    fakeInbox([row(1)]),
    fakeInbox([row(2, { report: { kind: "delivery", message: "06GZ", subject: "Bridge" } }), row(1)]),
  ],
  ["another mailbox", fakeInbox([row(1)]), fakeInbox([row(3)], { mailbox: "duty" })],
])("%s is nothing that came in", async (_, before, after) => {
  const { change } = framed([before, after]);
  await screen.findByText(String(before.unread));
  await change();
  await screen.findByText(String(after.unread));
  expect(said).toEqual([]);
});

test("a report that fits nothing that was sent is told as any message", async () => {
  const report = { kind: "delivery", message: "", subject: "" } as const;
  const { change } = framed([fakeInbox([row(1)]), fakeInbox([row(2, { report }), row(1)])]);
  await screen.findByText("1");
  await change();
  await waitFor(() => expect(said.at(-1)?.text).toBe("A message came in"));
});

test("the notice of the system names neither sender nor subject nor urgency", async () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  const { change, notices } = framed([fakeInbox([row(1)]), fakeInbox([row(2, { precedence: "flash" })])], true);
  await screen.findByText("1");
  await change();
  await waitFor(() => expect(notices).toEqual([{ title: "Caveat", text: "A message came in" }]));
});
