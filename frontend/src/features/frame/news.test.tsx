import { useQueryClient } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Message, SentClaim } from "../../api/types";
import { readAt } from "../../test-fakes";
import { stage } from "../../test-stage";
import { useNews } from "./news";

const said = vi.hoisted(() => [] as string[]);
vi.mock("../../components/announce", () => ({ announce: (text: string) => said.push(text) }));
beforeEach(() => {
  said.length = 0;
});

const claim = (kind: SentClaim["kind"]): SentClaim => ({ kind, at: readAt, reporter: "mail.ukr.example" });

const sent = (state: Message["state"], ...claims: SentClaim["kind"][]): Message => ({
  id: "06GZ",
  state,
  channel: "mail",
  sender: "me@gbr.example",
  subject: "Bridge",
  marking: "NATO SECRET",
  created: readAt,
  nextTry: readAt,
  attempts: 1,
  overridden: false,
  recipients: [{ address: "bob@ukr.example", state, changed: readAt, reports: claims.map(claim) }],
});

function Frame() {
  useNews();
  const client = useQueryClient();
  return (
    <>
      <output>{client.getQueryData(["messages", "news"]) ? "read" : ""}</output>
      <button type="button" onClick={() => void client.invalidateQueries({ queryKey: ["messages"] })}>
        changed
      </button>
    </>
  );
}

test.each<[string, Message, Message, string[]]>([
  ["a message is accepted", sent("queued"), sent("accepted"), ["A message was accepted for its recipient"]],
  [
    "it is reported that it did not arrive",
    sent("accepted"),
    sent("accepted", "failed"),
    ["It is reported that a message did not arrive"],
  ],
  ["that was known before", sent("accepted", "failed"), sent("accepted", "failed"), []],
  ["it is reported that it arrived", sent("accepted"), sent("accepted", "delivered"), []],
  ["it arrived after all", sent("accepted", "failed"), sent("accepted", "failed", "delivered"), []],
])("news when %s", async (_, before, after, texts) => {
  let n = 0;
  stage(<Frame />, {
    at: "/",
    path: "*",
    answers: { "GET /api/messages": () => [n++ === 0 ? before : after], "GET /api/shell": { window: false } },
  });
  await screen.findByText("read");
  await userEvent.click(screen.getByRole("button", { name: "changed" }));
  await waitFor(() => expect(n).toBe(2));
  await waitFor(() => expect(said).toEqual(texts));
});
