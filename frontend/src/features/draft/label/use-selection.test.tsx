import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { describe, expect, test } from "vitest";
import { usePolicies } from "../../../api/queries";
import type { LabelDocument, LabelSelection, Policy } from "../../../api/types";
import { useSelection } from "../../../components/label/use-selection";
import { problem, stage } from "../../../test-stage";
import { begin, contentOf, reduce } from "../state";
import { LabelBar } from "./bar";

const classes = ["UNCLASSIFIED", "RESTRICTED", "SECRET"];
const policy = (name: string): Policy => ({
  id: name,
  name,
  version: 1,
  sha256: "",
  governing: true,
  mode: "hierarchical",
  notAfter: null,
  required: [],
  classifications: classes.map((c, i) => ({
    name: c,
    phrase: c,
    hierarchy: i,
    obsolete: false,
    foreground: "#000000",
    background: "#ffffff",
  })),
  tagSets: [
    {
      name: "Release",
      tags: [
        {
          type: "PERMISSIVE",
          max: 0,
          values: ["SWE", "FIN"].map((n) => ({ name: n, phrase: n, obsolete: false })),
        },
      ],
    },
  ],
});

const answerTo = (permitted: boolean): LabelDocument => ({
  background: "#ffffff",
  foreground: "#000000",
  marking: "M",
  portion: "M",
  valid: true,
  permitted,
  problems: [],
  refusals: [],
  choices: { classifications: [], tagSets: [] },
});

/** The draft with its label, as the composer has it; what it has is written below it. */
function Draft({ first, before = null }: { first: LabelSelection | null; before?: LabelSelection | null }) {
  const [state, dispatch] = useReducer(reduce, contentOf({ label: first }), begin);
  const [opened, setOpened] = useState(false);
  const choose = useCallback(
    (label: LabelSelection, reason: string) =>
      dispatch({
        type: "label",
        label,
        ...(reason && before ? { relabelled: [{ from: before, to: label, reason }] } : {}),
      }),
    [before],
  );
  const policies = usePolicies();
  const selecting = useSelection(state.content.label, policies.data ?? [], choose, before);
  const bar = { label: state.content.label, selecting, policies, locked: false, opened, setOpened };
  return (
    <>
      <LabelBar {...bar} />
      <output aria-label="pending">{String(selecting.isPending)}</output>
      <output aria-label="label">{JSON.stringify(state.content.label)}</output>
      <output aria-label="reasons">{JSON.stringify(state.content.relabelled ?? [])}</output>
      <output aria-label="steps">{state.past.length}</output>
      <button type="button" onClick={() => dispatch({ type: "undo" })}>
        undo
      </button>
    </>
  );
}

type Question = { selection: LabelSelection; answer: (permitted: boolean) => Promise<void>; fail: () => Promise<void> };

/** draft shows it; each question about a label of which `waits` waits until the test answers it. */
async function draft(
  first: LabelSelection | null = null,
  waits: (s: LabelSelection) => boolean = () => true,
  policies = [policy("NATO")],
  before: LabelSelection | null = null,
) {
  const questions: Question[] = [];
  stage(<Draft first={first} before={before} />, {
    at: "/",
    path: "/",
    answers: {
      "GET /api/policies": policies,
      "GET /api/label/favourites": [],
      "POST /api/label": async (request: Request) => {
        const { selection } = (await request.json()) as { selection: LabelSelection };
        if (!waits(selection)) return answerTo(true);
        return new Promise((resolve) => {
          // What follows from an answer has happened when the test goes on.
          const give = (a: unknown) =>
            act(async () => {
              resolve(a);
              await new Promise((wake) => setTimeout(wake, 30));
            });
          questions.push({
            selection,
            answer: (permitted) => give(answerTo(permitted)),
            fail: () => give(problem(500, "server-fault")),
          });
        });
      },
    },
  });
  const user = userEvent.setup({ delay: null });
  /** asked waits for the question about a classification. */
  const asked = async (classification: string, more = (_: LabelSelection) => true): Promise<Question> =>
    waitFor(() => {
      const found = questions.find((q) => q.selection.classification === classification && more(q.selection));
      if (!found) throw new Error(`not asked about ${classification}`);
      return found;
    });
  const open = async () => {
    await user.click(await screen.findByRole("button", { name: /label/ }));
    return screen.findByRole("region", { name: "Label" });
  };
  return { user, questions, asked, open };
}

const chosen = (s: LabelSelection) => s.classification !== "";
const label = () => JSON.parse(screen.getByLabelText("label").textContent) as LabelSelection | null;
const steps = () => Number(screen.getByLabelText("steps").textContent);
const secret: LabelSelection = { policy: "NATO", classification: "SECRET", categories: {} };
const restricted: LabelSelection = { policy: "NATO", classification: "RESTRICTED", categories: {} };

test("a choice becomes the draft's label when the program permits it, not before", async () => {
  const { user, asked, open } = await draft(null, chosen);
  await open();
  await user.click(screen.getByRole("radio", { name: "SECRET" }));
  const question = await asked("SECRET");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "SECRET" }).checked).toBe(true);
  expect(label()).toBeNull();
  expect(screen.getByLabelText("pending").textContent).toBe("true"); // nothing may leave under the old label
  await question.answer(true);
  await waitFor(() => expect(label()).toEqual(secret));
  expect(screen.getByLabelText("pending").textContent).toBe("false");
  expect(steps()).toBe(1);
});

// Regression: what was chosen was thrown away with the picker.
test("a choice whose answer comes after the picker was closed becomes the label all the same", async () => {
  const { user, asked, open } = await draft(null, chosen);
  const picker = await open();
  await user.click(screen.getByRole("radio", { name: "SECRET" }));
  await user.click(within(picker).getByRole("button", { name: "Done" }));
  expect(screen.queryByRole("region", { name: "Label" })).toBeNull();
  await (await asked("SECRET")).answer(true);
  await waitFor(() => expect(label()).toEqual(secret));
  expect(screen.getByRole("button", { name: "Change label" })).toBe(document.activeElement);
});

// RULES 10
describe("a choice that this installation may not hold", () => {
  test("never becomes the label: the draft keeps the one it has, and says so", async () => {
    const { user, asked, open } = await draft(restricted, (s) => s.classification === "SECRET");
    const picker = await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await (await asked("SECRET")).answer(false);
    expect((await screen.findByRole("alert")).textContent).toContain("may not hold this label");
    await user.click(within(picker).getByRole("button", { name: "Done" }));
    expect(label()).toEqual(restricted);
    expect(steps()).toBe(0);
    expect(screen.getByRole("alert").textContent).toContain("The draft keeps the one it has.");
  });

  test("gives way to the next one that it may", async () => {
    const { user, asked, open } = await draft(null, (s) => s.classification === "SECRET");
    await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await (await asked("SECRET")).answer(false);
    await screen.findByRole("alert");
    await user.click(screen.getByRole("radio", { name: "RESTRICTED" }));
    await waitFor(() => expect(label()).toEqual(restricted));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("does not become it with the answer to an earlier choice", async () => {
    const { user, asked, open } = await draft(null, chosen);
    await open();
    await user.click(screen.getByRole("radio", { name: "RESTRICTED" }));
    const earlier = await asked("RESTRICTED");
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    const later = await asked("SECRET");
    await earlier.answer(true);
    await later.answer(false);
    await screen.findByRole("alert");
    expect(label()).toBeNull();
  });

  test("nor does one that the program could not judge", async () => {
    const { user, asked, open } = await draft(restricted, (s) => s.classification === "SECRET");
    await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await (await asked("SECRET")).fail();
    await waitFor(() => expect(screen.getByRole("region").textContent).toContain("That did not work"));
    expect(label()).toEqual(restricted);
  });
});

test("values without a classification are kept in the picker, and are no label yet", async () => {
  const { user, open } = await draft(null, () => false);
  await open();
  await user.click(screen.getByRole("checkbox", { name: "SWE" }));
  await waitFor(() => expect(screen.getByRole<HTMLInputElement>("checkbox", { name: "SWE" }).checked).toBe(true));
  expect(label()).toBeNull();
  await user.click(screen.getByRole("radio", { name: "SECRET" }));
  await waitFor(() => expect(label()).toEqual({ ...secret, categories: { Release: ["SWE"] } }));
});

test("opening the picker and closing it again changes nothing", async () => {
  const { user, open } = await draft(restricted, () => false);
  const picker = await open();
  await user.click(within(picker).getByRole("button", { name: "Done" }));
  expect(label()).toEqual(restricted);
  expect(steps()).toBe(0);
});

describe("a choice made faster than the answers come", () => {
  test("keeps what was chosen meanwhile: none is lost", async () => {
    const { user, asked, open } = await draft(null, chosen);
    await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    const first = await asked("SECRET");
    await user.click(screen.getByRole("checkbox", { name: "SWE" }));
    await user.click(screen.getByRole("checkbox", { name: "FIN" }));
    const last = await asked("SECRET", (s) => s.categories?.Release?.length === 2);
    await first.answer(true);
    await last.answer(true);
    await waitFor(() => expect(label()).toEqual({ ...secret, categories: { Release: ["SWE", "FIN"] } }));
  });
});

/** Ahead is a hand that chooses again in the very moment in which its first choice becomes the label. */
function Ahead({ policies }: { policies: Policy[] }) {
  const [label, setLabel] = useState<LabelSelection | null>(null);
  const change = useRef<(s: LabelSelection) => void>(() => undefined);
  const choose = useCallback((l: LabelSelection) => {
    if (l.classification === "SECRET") change.current(restricted);
    setTimeout(() => setLabel(l), 10);
  }, []);
  const selecting = useSelection(label, policies, choose);
  useEffect(() => {
    change.current = selecting.change;
  });
  return (
    <>
      <button type="button" onClick={() => selecting.change(secret)}>
        choose
      </button>
      <output aria-label="label">{JSON.stringify(label)}</output>
    </>
  );
}

test("a second choice is not lost with the first one's answer", async () => {
  const policies = [policy("NATO")];
  stage(<Ahead policies={policies} />, { at: "/", path: "/", answers: { "POST /api/label": answerTo(true) } });
  await userEvent.click(screen.getByRole("button", { name: "choose" }));
  await waitFor(() => expect(label()).toEqual(restricted));
});

test("a second choice is not lost when the first one shows", async () => {
  const policies = [policy("NATO")];
  const answers = {
    "POST /api/label": async (request: Request) => {
      const { selection } = (await request.json()) as { selection: LabelSelection };
      await new Promise((wake) => setTimeout(wake, selection.classification === "RESTRICTED" ? 60 : 0));
      return answerTo(true);
    },
  };
  stage(<Ahead policies={policies} />, { at: "/", path: "/", answers });
  await userEvent.click(screen.getByRole("button", { name: "choose" }));
  await waitFor(() => expect(label()).toEqual(secret));
  await waitFor(() => expect(label()).toEqual(restricted));
});

describe("what changes outside the picker wins", () => {
  test("undo takes a label back, and the picker shows the one before", async () => {
    const { user, open } = await draft(restricted, () => false);
    await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await waitFor(() => expect(label()).toEqual(secret));
    await user.click(screen.getByRole("button", { name: "undo" }));
    expect(label()).toEqual(restricted);
    await open();
    expect(screen.getByRole<HTMLInputElement>("radio", { name: "RESTRICTED" }).checked).toBe(true);
  });

  test("undo takes back a choice that still waits for its answer too", async () => {
    const { user, asked, open } = await draft(restricted, (s) => s.classification === "UNCLASSIFIED");
    await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await waitFor(() => expect(label()).toEqual(secret));
    await user.click(screen.getByRole("radio", { name: "UNCLASSIFIED" }));
    const late = await asked("UNCLASSIFIED");
    await user.click(screen.getByRole("button", { name: "undo" }));
    await late.answer(true);
    expect(label()).toEqual(restricted);
    expect(steps()).toBe(0);
  });

  test("what was taken back can be chosen again", async () => {
    const { user, open } = await draft(restricted, () => false);
    await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await waitFor(() => expect(label()).toEqual(secret));
    await user.click(screen.getByRole("button", { name: "undo" }));
    await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await waitFor(() => expect(label()).toEqual(secret));
  });
});

test("a label of a policy that is not here any more is begun anew with the first that is", async () => {
  const old: LabelSelection = { policy: "OLD", classification: "SECRET" };
  const { user, open } = await draft(old, () => false, [policy("NATO"), policy("EU")]);
  await open();
  expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Policy" }).value).toBe("NATO");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "SECRET" }).checked).toBe(false);
  expect(label()).toEqual(old); // until something is chosen
  await user.click(screen.getByRole("radio", { name: "RESTRICTED" }));
  await waitFor(() => expect(label()).toEqual(restricted));
});

test("of several policies the other one is begun anew", async () => {
  const { user, open } = await draft(secret, () => false, [policy("NATO"), policy("EU")]);
  await open();
  await user.selectOptions(screen.getByRole("combobox", { name: "Policy" }), "EU");
  expect(label()).toEqual(secret);
  await user.click(screen.getByRole("radio", { name: "RESTRICTED" }));
  await waitFor(() => expect(label()).toEqual({ ...restricted, policy: "EU" }));
});

// RULES 1
describe("a choice that is less restrictive than the draft's label", () => {
  const reasons = () => JSON.parse(screen.getByLabelText("reasons").textContent) as { reason: string; from: object }[];
  const policies = [policy("NATO")];

  test("waits for a reason in words, and is not the label until then", async () => {
    const { user, open } = await draft(secret, () => false, policies, secret);
    await open();
    await user.click(screen.getByRole("radio", { name: "RESTRICTED" }));
    const reason = await screen.findByRole("textbox", { name: "Why it is enough" });
    expect(label()).toEqual(secret);
    expect(screen.getByLabelText("pending").textContent).toBe("true"); // nothing may leave under the old label
    const use = screen.getByRole<HTMLButtonElement>("button", { name: "Use this label" });
    await user.type(reason, " ... ");
    expect(use.disabled).toBe(true); // no words
    await user.type(reason, "annex removed");
    await user.click(use);
    await waitFor(() => expect(label()).toEqual(restricted));
    expect(reasons()).toEqual([{ from: secret, to: restricted, reason: "... annex removed" }]);
  });

  test("is given up by choosing one that is not", async () => {
    const { user, open } = await draft(secret, () => false, policies, secret);
    await open();
    await user.click(screen.getByRole("radio", { name: "RESTRICTED" }));
    await screen.findByRole("button", { name: "Use this label" });
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Use this label" })).toBeNull());
    expect(reasons()).toEqual([]);
  });

  test("waits in sight when the picker is closed, and the label can be kept", async () => {
    const { user, open } = await draft(secret, () => false, policies, secret);
    const picker = await open();
    await user.click(screen.getByRole("radio", { name: "RESTRICTED" }));
    await screen.findByRole("button", { name: "Use this label" });
    await user.click(within(picker).getByRole("button", { name: "Done" }));
    await user.click(screen.getByRole("button", { name: "Keep the label it has" }));
    expect(label()).toEqual(secret);
    expect(screen.getByLabelText("pending").textContent).toBe("false");
  });

  test("needs none where it is more restrictive", async () => {
    const { user, open } = await draft(restricted, () => false, policies, restricted);
    await open();
    await user.click(screen.getByRole("radio", { name: "SECRET" }));
    await waitFor(() => expect(label()).toEqual(secret));
    expect(reasons()).toEqual([]);
  });
});
