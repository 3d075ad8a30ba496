import { act, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { stage } from "../../test-stage";
import { useCheck } from "./check";
import { type Content, contentOf } from "./state";
import { person, report, restricted, secret } from "./test-reports";

const many = Array.from({ length: 5000 }, (_, i) => `p${i}@x.test`);
const first = contentOf({ action: many, label: secret, body: "x" });

/** Draft shows how the check of a draft stands, and hands out what changes it. */
function Draft({ handOut }: { handOut: (change: (how: (c: Content) => Content) => void) => void }) {
  const [content, setContent] = useState(first);
  handOut(setContent);
  return <output>{useCheck(content).is}</output>;
}

function checked() {
  let change: (how: (c: Content) => Content) => void = () => undefined;
  const questions: { body: Record<string, unknown>; aborted: () => boolean; answer: () => void }[] = [];
  stage(<Draft handOut={(c) => (change = c)} />, {
    at: "/",
    path: "/",
    answers: {
      "POST /api/check": async (request: Request) => {
        const body = (await request.json()) as Record<string, unknown>;
        return new Promise((resolve) => {
          questions.push({ body, aborted: () => request.signal.aborted, answer: () => resolve(report([person("A")])) });
        });
      },
    },
  });
  const state = () => screen.getByRole("status").textContent;
  const edit = (how: (c: Content) => Content) => act(async () => change(how));
  const settle = () => act(() => new Promise((r) => setTimeout(r, 300)));
  return { questions, edit, state, settle };
}

test("the text is no part of the question: typing asks nothing", async () => {
  const { questions, edit, settle, state } = checked();
  await waitFor(() => expect(questions).toHaveLength(1));
  await act(async () => questions[0]?.answer());
  await waitFor(() => expect(state()).toBe("done"));
  for (const letter of "Grid follows.")
    await edit((c) => ({ ...c, text: { is: "plain", body: letter }, subject: c.subject + letter }));
  await settle();
  expect(questions).toHaveLength(1);
  expect(questions[0]?.body.body).toBe("");
  expect(state()).toBe("done");
});

test("a newer question ends the one under way, and only its answer counts", async () => {
  const { questions, edit, state, settle } = checked();
  await waitFor(() => expect(questions).toHaveLength(1));
  await edit((c) => ({ ...c, label: restricted }));
  await settle();
  expect(questions).toHaveLength(2);
  expect(questions.map((q) => q.aborted())).toEqual([true, false]);
  await act(async () => questions[0]?.answer());
  expect(state()).toBe("checking");
  await act(async () => questions[1]?.answer());
  await waitFor(() => expect(state()).toBe("done"));
});

test("what was answered is not asked again when the draft is as it was", async () => {
  const { questions, edit, settle, state } = checked();
  await waitFor(() => expect(questions).toHaveLength(1));
  await act(async () => questions[0]?.answer());
  await edit((c) => ({ ...c, action: [...c.action, "new@x.test"] }));
  await settle();
  await act(async () => questions[1]?.answer());
  await edit((c) => ({ ...c, action: c.action.slice(0, -1) })); // taken back: another list, the same recipients
  await settle();
  expect(questions).toHaveLength(2);
  expect(state()).toBe("done");
});

test("the label of a paragraph is part of the question, its text is not", async () => {
  const { questions, edit, settle } = checked();
  await waitFor(() => expect(questions).toHaveLength(1));
  await act(async () => questions[0]?.answer());
  await edit((c) => ({ ...c, text: { is: "marked", paragraphs: [{ id: 1, text: "Grid.", label: secret }] } }));
  await settle();
  expect(questions[1]?.body.parts).toEqual([{ text: "", label: secret }]);
  await act(async () => questions[1]?.answer());
  await edit((c) => ({ ...c, text: { is: "marked", paragraphs: [{ id: 1, text: "Grid follows.", label: secret }] } }));
  await settle();
  expect(questions).toHaveLength(2);
});

test("servers that could not be asked are asked again until they were", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const note =
      "Whether the servers on the way take this label could not be asked yet; it is asked before the message leaves: timeout";
    const half = person("A");
    half.link.evidence = { ...half.link.evidence, note };
    const reports = [...Array.from({ length: 8 }, () => report([half])), report([person("A")])];
    let asked = 0;
    stage(<Draft handOut={() => undefined} />, {
      at: "/",
      path: "/",
      answers: { "POST /api/check": () => reports[Math.min(asked++, reports.length - 1)] },
    });
    await waitFor(() => expect(asked).toBe(1));
    const after = async (seconds: number) => {
      await act(() => vi.advanceTimersByTimeAsync(seconds * 1000));
      return asked;
    };
    expect(await after(6)).toBe(2);
    expect(await after(8)).toBe(3); // half as often each time
    expect(await after(120)).toBeGreaterThan(4);
    expect(await after(300)).toBe(reports.length);
    expect(await after(120)).toBe(reports.length); // the last one said all
  } finally {
    vi.useRealTimers();
  }
});
