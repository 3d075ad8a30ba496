import { screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { type Link, useLink } from "../../api/changes";
import { Problem } from "../../api/problem";
import { fakeInbox, fakeRow, readAt } from "../../test-fakes";
import { stage } from "../../test-stage";
import { Bar } from "./bar";

vi.mock("../../api/changes", async (real) => ({ ...(await real<object>()), useLink: vi.fn() }));

const gone: Link = {
  state: "gone",
  since: Date.parse(readAt),
  problem: new Problem({ code: "page-server-gone", status: 0, detail: "" }),
};

beforeEach(() => vi.mocked(useLink).mockReset());

function bar(link: Link) {
  vi.mocked(useLink).mockReturnValue(link);
  const view = { mailbox: "", unread: false };
  const inbox = fakeInbox([fakeRow("msg00000000000000001")], { state: "online", asOf: readAt });
  stage(<Bar inbox={inbox} view={view} setView={() => undefined} isNarrow={false} />, {
    at: "/",
    path: "/",
    answers: {},
  });
}

test("that the mailbox answers is said while the program does", () => {
  bar({ state: "here" });
  expect(screen.getByText(/^Connected, read 21 Nov 2026/)).toBeTruthy();
});

test("while the program does not answer, nobody knows whether the mailbox does", () => {
  bar(gone);
  expect(screen.queryByText(/Connected/)).toBeNull();
});
