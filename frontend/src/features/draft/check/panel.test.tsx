import { act, fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Report } from "../../../api/problem";
import type { Fix } from "../../../api/types";
import { stage } from "../../../test-stage";
import { person, report, verdict } from "../test-reports";
import { CheckPanel } from "./panel";

beforeEach(() => {
  localStorage.clear();
  // A wide window, in which the panel stands beside the draft.
  const wide = { matches: true, media: "", addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.spyOn(window, "matchMedia").mockReturnValue(wide as unknown as MediaQueryList);
});

const nothing = () => undefined;

function panel(of: Report, more: { preview?: (f?: Fix) => void; apply?: (f: Fix) => void; draft?: string } = {}) {
  return stage(
    <CheckPanel
      draft={more.draft ?? "d1"}
      check={{ is: "done", report: of }}
      locked={false}
      preview={more.preview ?? nothing}
      apply={more.apply ?? nothing}
    />,
    { at: "/", path: "/", answers: {} },
  );
}

const refused = (i: number) => person(`P${i}`, "not-cleared");
const many = (n: number) => Array.from({ length: n }, (_, i) => refused(i));

describe("however many they are, only rows in sight are drawn", () => {
  test("5,000 who may not get it", () => {
    panel(report(many(5000)));
    const list = within(screen.getByRole("region", { name: "May not get it" })).getByRole("list");
    const rows = within(list).getAllByRole("listitem", { hidden: true });
    expect(rows.length).toBeLessThan(60);
    expect(rows[0]?.getAttribute("aria-setsize")).toBe("5000");
    expect(screen.getByText("May not get it (5000)")).toBeTruthy();
  });

  test("5,000 members of a list, when it is opened, and none before", async () => {
    const list = { ...person("List", "not-cleared"), kind: "list" as const, members: many(5000) };
    panel(report([list]));
    expect(screen.queryByText("P0")).toBeNull();
    const summary = screen.getByText(/5,000 of 5,000 in it stand in the way/);
    const details = summary.closest("details");
    act(() => {
      if (!details) return;
      details.open = true;
      fireEvent(details, new Event("toggle"));
    });
    expect(await screen.findByText("P0")).toBeTruthy();
    expect(document.querySelectorAll("li").length).toBeLessThan(80);
  });
});

describe("what stands in the way besides recipients", () => {
  const part = (more: Partial<Report["parts"][0]>): Report["parts"][0] => ({
    kind: "paragraph",
    index: 1,
    name: "",
    marking: "NATO SECRET",
    portion: "NS",
    valid: false,
    problems: [{ rule: "part-above-label", text: "the label of paragraph 2 is not covered by the label of the whole" }],
    ...more,
  });

  test("names the paragraph and the attachment", () => {
    panel(report([person("A")], { parts: [part({}), part({ kind: "attachment", index: 0, name: "plan.pdf" })] }));
    const found = screen.getByRole("region", { name: "Paragraphs and attachments" });
    expect(found.textContent).toContain("Paragraph 2 (NS)");
    expect(found.textContent).toContain("Attachment plan.pdf");
    expect(screen.getByRole("status").textContent).toBe("The labels of 2 parts stand in the way");
  });

  test("parts that pass are not spoken of", () => {
    panel(report([person("A")], { parts: [part({ valid: true, problems: [] })] }));
    expect(screen.queryByRole("region", { name: "Paragraphs and attachments" })).toBeNull();
  });

  test.each([
    ["warn", true],
    ["block", false],
  ] as const)("a threshold with the action %s says whether a reason helps", (action, allowed) => {
    const limit = { name: "wide", classification: "SECRET", limit: 100, recipients: 250, action, text: "" };
    panel(report([person("A")], { thresholds: [limit] }));
    const found = screen.getByRole("region", { name: "Too many recipients" });
    expect(found.textContent).toContain("250 recipients; the rule allows 100 from SECRET on.");
    expect(found.textContent?.includes("reason of yours")).toBe(allowed);
    expect(screen.getByRole("status").textContent).toBe("250 recipients, 100 allowed");
  });
});

test.each([
  ["a message of chat", "olena@chat.ukr.example", "chat.ukr.example"],
  ["mail", "olena@ukr.example", "ukr.example"],
])("of %s it stands in sight that servers could not be asked yet, and why", (_, address, server) => {
  const way = verdict("cleared");
  const note =
    "As last read. Whether the servers on the way take this label could not be asked yet; it is asked before the message leaves: no connection";
  const asked = { ...person("A", "cleared", { ...way, evidence: { ...way.evidence, note } }), address };
  panel(report([asked, { ...asked, address: `b@${server}` }, person("C")]));
  const found = screen.getByRole("region", { name: "Servers" });
  expect(found.textContent).toBe(`Could not ask ${server} yet: it is asked before the message leaves.no connection`);
  expect(screen.getByRole("status").textContent).toBe("All 3 may get this, servers not asked yet");
});

test("where all were asked nothing is said of servers", () => {
  panel(report([person("A")]));
  expect(screen.queryByRole("region", { name: "Servers" })).toBeNull();
});

describe("warnings", () => {
  const twice: Report["warnings"][0] = {
    kind: "reached-twice",
    text: "More than one address reaches: Novak.",
    addresses: ["a@x.test", "b@x.test"],
  };
  const shown = (w: Report["warnings"], draft?: string) =>
    panel(report([person("A")], { warnings: w }), draft ? { draft } : {});

  test("one that was put away stays away for the same fact, and comes back with another", async () => {
    const first = shown([twice]);
    await userEvent.click(screen.getByRole("button", { name: `Put away: ${twice.text}` }));
    expect(screen.queryByText(twice.text)).toBeNull();
    first.unmount();
    shown([{ ...twice, addresses: ["B@x.test", "a@x.test"] }]).unmount();
    const again = shown([twice]);
    expect(screen.queryByText(twice.text)).toBeNull();
    again.unmount();
    shown([{ ...twice, addresses: ["a@x.test", "c@x.test"] }]);
    expect(screen.getByText(twice.text, { exact: false })).toBeTruthy();
  });

  test("of another draft is another fact, but for the policy's end", async () => {
    const ends: Report["warnings"][0] = { kind: "policy-ends", text: "The policy NATO ends.", addresses: [] };
    const first = shown([twice, ends]);
    for (const w of [twice, ends]) await userEvent.click(screen.getByRole("button", { name: `Put away: ${w.text}` }));
    first.unmount();
    shown([twice, ends], "d2");
    expect(screen.getByText(twice.text, { exact: false })).toBeTruthy();
    expect(screen.queryByText(ends.text, { exact: false })).toBeNull();
  });

  test("what is kept of them names nobody", async () => {
    shown([twice]);
    await userEvent.click(screen.getByRole("button", { name: /^Put away/ }));
    expect(JSON.stringify({ ...localStorage })).not.toMatch(/novak|x\.test/i);
  });
});

describe("ways forward", () => {
  const people = [refused(0), person("Berg"), person("Kowalska")];
  const fixes: Fix[] = [
    { kind: "other-address", addresses: ["p0@cleared.test"], replaces: ["p0@example.test"], text: "" },
    { kind: "role", addresses: ["j3@example.test"], replaces: ["p0@example.test"], text: "" },
    { kind: "remove", addresses: ["p0@example.test"], text: "" },
    { kind: "split", addresses: ["p0@example.test"], parts: [0, 2], attachments: [1], text: "" },
    { kind: "remove", addresses: ["berg@example.test"], text: "a fifth" },
  ];

  test("at most four, each says what it changes and who then gets it", () => {
    panel(report(people, { fixes }));
    const cards = within(screen.getByRole("region", { name: "Ways forward" })).getAllByRole("button");
    expect(cards.map((c) => c.textContent)).toEqual([
      "Write to P0 at p0@cleared.testThe same person, at an address that is cleared. All 3 then get it.",
      "Write to j3@example.test instead of P0A role of the same unit, that is cleared. All 3 then get it.",
      "Leave out P02 recipients then get it",
      "Write to P0 separatelyThis draft goes to 2 recipients. A second one, for 1 recipient, starts without a label. The second one holds what they all may get: 2 paragraphs, 1 attachment.",
    ]);
  });

  test("pointing at one or reaching it by the keyboard shows it, a click applies it", async () => {
    const [preview, apply] = [vi.fn(), vi.fn()];
    panel(report(people, { fixes }), { preview, apply });
    const user = userEvent.setup();
    const card = screen.getByRole("button", { name: /^Leave out P0/ });
    await user.hover(card);
    expect(preview).toHaveBeenLastCalledWith(fixes[2]);
    await user.unhover(card);
    expect(preview).toHaveBeenLastCalledWith(undefined);
    act(() => card.focus());
    expect(preview).toHaveBeenLastCalledWith(fixes[2]);
    await user.keyboard("{Enter}");
    expect(apply.mock.calls).toEqual([[fixes[2]]]);
  });
});

test("a report of an earlier version, without parts, thresholds and warnings, is shown", () => {
  const {
    parts: _p,
    thresholds: _t,
    warnings: _w,
    ...old
  } = report([refused(0), person("B", verdict("unknown", "warn"))]);
  panel(old as Report);
  expect(screen.getByRole("status").textContent).toBe("1 of 2 may not get this, 1 could not be checked");
});
