import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import type { Report } from "../../../api/problem";
import { stage } from "../../../test-stage";
import { person, report, verdict } from "../test-reports";
import { BlockSheet } from "./sheet";

// happy-dom has no fonts; what grows with its text waits for them.
Object.defineProperty(document, "fonts", { configurable: true, value: new EventTarget() });

const calm = 700;
const me = "me@example.test";
const warned = verdict("unknown", "warn");
const removing = (...addresses: string[]) => [{ kind: "remove" as const, addresses, text: "" }];

/** blocked shows the sheet; `after` is how long ago it appeared, in ms. */
function blocked(of: Report, after = calm + 1) {
  const back = vi.fn<() => void>();
  const leaveOut = vi.fn<(addresses: string[]) => void>();
  const override = vi.fn<(reasons: Record<string, string>) => void>();
  const clock = vi.spyOn(performance, "now").mockReturnValue(5000); // that of events too
  stage(<BlockSheet report={of} sender={me} back={back} leaveOut={leaveOut} override={override} />, {
    at: "/",
    path: "/",
    answers: {},
  });
  clock.mockReturnValue(5000 + after);
  return { back, leaveOut, override, clock, user: userEvent.setup() };
}

const refused = report([person("Novak", "not-cleared"), person("Kowalska"), person("Berg")], {
  fixes: removing("novak@example.test"),
});
const warning = report([person("Novak", warned), person("Kowalska", warned), person("Berg")], {
  fixes: removing("novak@example.test", "kowalska@example.test"),
});

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });
const wayBack = () => button("Back to the draft");

/** focused waits until the sheet has taken the focus: to the way back. */
async function focused() {
  await waitFor(() => expect(document.activeElement).toBe(wayBack()));
}

describe("it says what happened", () => {
  test("as an alert of its own, by title and text, with the marking", () => {
    blocked(refused);
    const sheet = screen.getByRole("alertdialog", { name: "Stopped: nothing was sent" });
    expect(sheet.getAttribute("aria-modal")).toBe("true");
    const text = document.getElementById(sheet.getAttribute("aria-describedby") ?? "")?.textContent ?? "";
    expect(text.trim()).toBe("1 of 3 may not get this, after asking again.");
    expect(sheet.textContent).toContain("NATO SECRET");
    expect(sheet.textContent).toContain("Novak");
    expect(sheet.textContent).toContain("It is not-cleared.");
    expect(sheet.textContent).not.toContain("Berg"); // he is in nobody's way
  });

  test("that the label is not valid, and why", () => {
    const problems = [{ rule: "required-category", text: "Choose from Release." }];
    blocked(report([person("Berg")], { label: { marking: "?", valid: false, problems } }));
    const text = screen.getByRole("alertdialog").textContent;
    expect(text).toContain("The label is not valid, so nobody may get it.");
    expect(text).toContain("Choose from Release.");
    expect(text).not.toContain("may not get this now");
  });

  test("of a label that is not valid, once: not of the sender and of everybody as well", () => {
    const problems = [{ rule: "part-above-label", text: "the label of paragraph 2 is not covered" }];
    const part = {
      kind: "paragraph" as const,
      index: 1,
      name: "",
      marking: "TOP",
      portion: "T",
      valid: false,
      problems,
    };
    const label = { marking: "NATO SECRET", valid: false, problems };
    blocked(report([person("Berg", "not-cleared")], { label, originator: verdict("not-cleared"), parts: [part] }));
    const text = screen.getByRole("alertdialog").textContent;
    expect(text).toContain("The label of a paragraph or attachment stands in the way.");
    expect(text).toContain("Paragraph 2");
    expect(text).not.toMatch(/Berg|You |nobody may get it/);
  });

  test("that the originator may not", () => {
    blocked(report([person("Berg")], { originator: verdict("stale") }));
    expect(screen.getByRole("alertdialog").textContent).toContain("You yourself are not cleared for this label");
    expect(screen.getByRole("alertdialog").textContent).toContain("It is stale.");
  });
});

describe("the safe way", () => {
  test("has the focus at first", async () => {
    blocked(warning);
    await focused();
  });

  test.each(["{Enter}", "{Escape}", " "])("%s goes back, at once", async (key) => {
    const { back, leaveOut, override, user } = blocked(warning, 0);
    await focused();
    await user.keyboard(key);
    expect(back).toHaveBeenCalledTimes(1);
    expect(leaveOut).not.toHaveBeenCalled();
    expect(override).not.toHaveBeenCalled();
  });

  test("Escape goes back from a reason that is being written too", async () => {
    const { back, user } = blocked(warning);
    await user.click(screen.getByLabelText("Why Novak must get it all the same"));
    await user.keyboard("because{Escape}");
    expect(back).toHaveBeenCalledTimes(1);
  });

  test("a click on it goes back", async () => {
    const { back, user } = blocked(refused);
    await user.click(wayBack());
    expect(back).toHaveBeenCalledTimes(1);
  });

  test("Enter sends nothing from anywhere but the sending buttons", async () => {
    const { leaveOut, override, user } = blocked(warning);
    await user.click(screen.getByLabelText("Why Novak must get it all the same"));
    await user.keyboard("a{Enter}b");
    screen.getByRole("group", { name: "Stopped: nothing was sent" }).focus();
    await user.keyboard("{Enter}");
    expect(leaveOut).not.toHaveBeenCalled();
    expect(override).not.toHaveBeenCalled();
  });
});

describe("leaving out who may not get it", () => {
  test("is a button that says so, and sends without them", async () => {
    const { leaveOut, user } = blocked(refused);
    await user.click(button("Send to 2, leave out 1"));
    expect(leaveOut.mock.calls).toEqual([[["novak@example.test"]]]);
  });

  // The second click of a double click on Send, or an impatient one.
  test.each([0, 1, 350, calm])("does nothing %d ms after the sheet appeared", async (ms) => {
    const { leaveOut, user } = blocked(refused, ms);
    await user.click(button("Send to 2, leave out 1"));
    expect(leaveOut).not.toHaveBeenCalled();
  });

  test("works when it is clicked again after that", async () => {
    const { leaveOut, clock, user } = blocked(refused, 10);
    await user.click(button("Send to 2, leave out 1"));
    clock.mockReturnValue(5000 + calm + 1);
    await user.click(button("Send to 2, leave out 1"));
    expect(leaveOut).toHaveBeenCalledTimes(1);
  });

  test("is not offered when it would not help", () => {
    blocked(report([person("Novak", "not-cleared")], { fixes: [{ kind: "split", addresses: [], text: "" }] }));
    expect(screen.queryByRole("button", { name: /leave out/ })).toBeNull();
  });
});

describe("sending all the same", () => {
  const all = "Send to all 3, with my reasons on record";
  const reasonFor = (name: string) => screen.getByLabelText(`Why ${name} must get it all the same`);
  /** write gives a reason as typing would, in one go. */
  const write = (name: string, value: string) => act(() => fireEvent.change(reasonFor(name), { target: { value } }));

  test.each<[string, Report]>([
    ["somebody is blocked", refused],
    ["one is only warned and another blocked", report([person("Novak", warned), person("Berg", "not-cleared")])],
    ["the way to somebody is blocked", report([person("Novak", warned, "not-cleared")])],
    ["the label is not valid", { ...warning, label: { marking: "", valid: false, problems: [] } }],
    ["the originator is not cleared", { ...warning, originator: verdict("not-cleared") }],
    ["the originator is unknown", { ...warning, originator: warned }],
    ["the originator was not read lately, and that blocks", { ...warning, originator: verdict("stale") }],
  ])("is not offered when %s", (_, of) => {
    blocked(of);
    expect(screen.queryByRole("button", { name: /with my reasons/ })).toBeNull();
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  test("asks for a reason of each who stands in the way, and of nobody else", () => {
    blocked(warning);
    expect(screen.getAllByRole("textbox")).toEqual([reasonFor("Novak"), reasonFor("Kowalska")]);
  });

  test("needs words for each: spaces and signs are none", () => {
    blocked(warning);
    expect(button(all).disabled).toBe(true);
    write("Novak", "Relieves the duty officer.");
    expect(button(all).disabled).toBe(true);
    for (const empty of ["   ", "\n", "...", "-", "?!"]) {
      write("Kowalska", empty);
      expect(button(all).disabled, JSON.stringify(empty)).toBe(true);
    }
    for (const words of ["x", "Да", "因", "7"]) {
      write("Kowalska", words);
      expect(button(all).disabled, words).toBe(false);
    }
  });

  test("gives the reasons without the spaces around them, by address", async () => {
    const { override, leaveOut, user } = blocked(warning);
    write("Novak", "  Relieves the duty officer.\n");
    write("Kowalska", "\tShe wrote  it. ");
    await user.click(button(all));
    expect(override.mock.calls).toEqual([
      [{ "novak@example.test": "Relieves the duty officer.", "kowalska@example.test": "She wrote  it." }],
    ]);
    expect(leaveOut).not.toHaveBeenCalled();
  });

  test("does nothing in the first moment", async () => {
    const { override, clock, user } = blocked(warning, calm);
    write("Novak", "a");
    write("Kowalska", "b");
    await user.click(button(all));
    expect(override).not.toHaveBeenCalled();
    clock.mockReturnValue(5000 + calm + 1);
    await user.click(button(all));
    expect(override).toHaveBeenCalledTimes(1);
  });
});

describe("a sender who was not read lately, where that is only a warning (RULES 14)", () => {
  const stale = { sendable: false, originator: verdict("stale", "warn") };
  const all = "Send to all 2, with my reasons on record";

  test("gives a reason too, under the own address", async () => {
    const { override, user } = blocked(report([person("Novak", warned), person("Berg")], stale));
    const write = (label: string, value: string) =>
      act(() => void fireEvent.change(screen.getByLabelText(label), { target: { value } }));
    write("Why Novak must get it all the same", "He relieves me.");
    expect(button(all).disabled).toBe(true);
    write("Why it must be sent all the same", "The line is down.");
    await user.click(button(all));
    expect(override.mock.calls).toEqual([[{ [me]: "The line is down.", "novak@example.test": "He relieves me." }]]);
  });

  test("gives one reason where the sender is a recipient as well", () => {
    const self = { ...person("Me", verdict("stale", "warn")), address: me.toUpperCase() };
    blocked(report([self, person("Berg")], stale));
    expect(screen.getAllByRole("textbox")).toEqual([screen.getByLabelText("Why Me must get it all the same")]);
  });
});

describe("a threshold", () => {
  const limit = (action: "warn" | "block") => ({
    name: "wide",
    classification: "SECRET",
    limit: 1,
    recipients: 3,
    action,
    text: "",
  });
  const exceeded = (action: "warn" | "block") =>
    report([person("Novak"), person("Berg"), person("Kowalska")], { sendable: false, thresholds: [limit(action)] });
  const why = () => screen.getByLabelText("Why so many must get it (rule wide)");

  test("that only warns is passed with a reason, under its own key", async () => {
    const { override, user } = blocked(exceeded("warn"));
    const all = button("Send to all 3, with my reasons on record");
    expect(all.disabled).toBe(true);
    act(() => void fireEvent.change(why(), { target: { value: " Fire plan for all. " } }));
    await user.click(all);
    expect(override.mock.calls).toEqual([[{ "threshold:wide": "Fire plan for all." }]]);
  });

  test("that blocks is not passed at all", () => {
    blocked(exceeded("block"));
    expect(screen.getByRole("alertdialog").textContent).toContain("3 recipients; the rule allows 1 from SECRET on.");
    expect(screen.queryByRole("button", { name: /with my reasons/ })).toBeNull();
    expect(screen.queryByRole("textbox")).toBeNull();
  });
});

describe("what changed since it was written", () => {
  test("stands first, with what had been found and when", () => {
    const threeHours = new Date(Date.now() - 3 * 3600_000 - 1000).toISOString();
    const changed = { ...person("Kowalska", "not-cleared"), was: { outcome: "cleared" as const, readAt: threeHours } };
    blocked(report([person("Novak", "not-cleared"), changed, person("Berg")]));
    const sheet = screen.getByRole("alertdialog");
    const headings = within(sheet)
      .getAllByRole("heading", { level: 3 })
      .map((h) => h.textContent);
    expect(headings).toEqual(["Changed since you wrote it (1)", "As it was while you wrote (1)"]);
    expect(sheet.textContent).toContain("Cleared 3 h ago, not now.");
    const text = sheet.textContent ?? "";
    expect(text.indexOf("Kowalska")).toBeLessThan(text.indexOf("Novak"));
  });

  test("is not spoken of where nothing did", () => {
    blocked(refused);
    expect(screen.queryByRole("heading", { level: 3 })).toBeNull();
  });
});

test("a link says what it does not carry", () => {
  const way = {
    ...verdict("not-cleared"),
    reasons: [
      {
        rule: "restrictive",
        needed: ["ATOMAL"],
        tagSet: "Special",
        text: "The link deu does not carry this label. Needs ATOMAL.",
      },
    ],
    evidence: { ...verdict("cleared").evidence, directory: "route deu" },
  };
  blocked(report([person("Berg", "cleared", way)]));
  expect(screen.getByRole("alertdialog").textContent).toContain("The link deu does not carry ATOMAL.");
});

test("a report of an earlier version is shown", () => {
  const { parts: _p, thresholds: _t, warnings: _w, ...old } = refused;
  blocked(old as Report);
  expect(screen.getByRole("alertdialog").textContent).toContain("Novak");
});
