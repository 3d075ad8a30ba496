import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { DraftCopy } from "../../../api/types";
import { type Answers, problem, stage } from "../../../test-stage";
import { Saver } from "../saver";
import { type Content, contentOf } from "../state";
import { KeepButton, KeepLine, useKeep } from "./keep";

const id = "d0123456789abcdef";
const at = "2026-11-21T14:05:00Z";
const read = `GET /api/drafts/${id}`;
const post = `POST /api/drafts/${id}/copy`;
const copyOf = (more: Partial<DraftCopy> = {}): DraftCopy => ({ mailbox: "own", state: "none", ...more });
const stored = (copy?: DraftCopy) => ({ id, version: 4, changed: at, content: {}, ...(copy ? { copy } : {}) });

function Page({ saver, hasLabel }: { saver: Saver; hasLabel: boolean }) {
  const keep = useKeep(id, saver, true);
  return (
    <>
      <KeepButton {...keep} hasLabel={hasLabel} isLocked={false} />
      <KeepLine {...keep} />
    </>
  );
}

function shown(answers: Answers, { hasLabel = true, unsaved }: { hasLabel?: boolean; unsaved?: Content } = {}) {
  const saver = new Saver(async () => ({ version: 5, changed: at }), { version: 4, changed: at }, contentOf({}));
  if (unsaved) saver.change(unsaved);
  return {
    user: userEvent.setup(),
    ...stage(<Page saver={saver} hasLabel={hasLabel} />, { at: "/", path: "/", answers }),
  };
}

const button = () => screen.findByRole("button", { name: "Keep a copy in the mailbox" });

test("a copy is asked for of what stands here: what is not saved is saved first, and the answer is told", async () => {
  const bodies: unknown[] = [];
  const answers = {
    [read]: stored(copyOf()),
    [post]: async (r: Request) => {
      bodies.push(await r.json());
      return copyOf({ state: "queued", at });
    },
  };
  const { user } = shown(answers, { unsaved: contentOf({ subject: "typed just now" }) });
  await user.click(await button());
  await screen.findByText(/^A copy goes to the mailbox own, as of 21 Nov 2026, 14:05Z; later changes are not in it\./);
  expect(bodies).toEqual([{ version: 5 }]);
});

test("where no mailbox is there for it, nothing is offered", async () => {
  const { asked } = shown({ [read]: stored() });
  await waitFor(() => expect(asked).toContain(read));
  await waitFor(() => expect(screen.queryByRole("button")).toBeNull());
});

test("without a label it cannot be asked for, and the button says so", async () => {
  shown({ [read]: stored(copyOf()) }, { hasLabel: false });
  const b = await button();
  expect(b.hasAttribute("disabled")).toBe(true);
  expect(b.title).toContain("First choose a label");
});

test.each<[string, Partial<DraftCopy>, RegExp]>([
  ["kept", { state: "accepted", at }, /A copy lies in the mailbox own, as of 21 Nov 2026, 14:05Z/],
  ["refused", { state: "refused", note: "quota exceeded" }, /did not take the copy\. quota exceeded/],
  [
    "not taken out",
    { state: "left", note: "no answer" },
    /still in the mailbox own: it could not be taken out\. no answer/,
  ],
  ["an earlier one left", { state: "queued", left: "no answer" }, /An earlier copy is still there: no answer/],
])("what became of it is said: %s", async (_, more, text) => {
  shown({ [read]: stored(copyOf(more)) });
  expect((await screen.findByRole("status")).textContent).toMatch(text);
});

test("why a mailbox may not hold it is said in the user's language, and that no copy was made", async () => {
  localStorage.setItem("caveat-language", "fr");
  const reasons = [{ rule: "mailbox-not-cleared", text: "The mailbox is not cleared for it.", needed: ["SECRET"] }];
  const { user } = shown({ [read]: stored(copyOf()), [post]: problem(409, "user-copy-blocked", { reasons }) });
  await user.click(await screen.findByRole("button", { name: "Garder une copie dans la boîte" }));
  const said = (await screen.findByRole("alert")).textContent;
  expect(said).toContain("Aucune copie n’a été faite");
  expect(said).toContain("L’habilitation de la boîte aux lettres ne permet pas cette étiquette.");
});

test("another refusal names itself, with the program's sentence behind Details", async () => {
  const { user } = shown({ [read]: stored(copyOf()), [post]: problem(409, "user-draft-changed") });
  await user.click(await button());
  const said = (await screen.findByRole("alert")).textContent;
  expect(said).toContain("No copy was made: The draft was changed elsewhere");
  expect(said).toContain("the details of user-draft-changed");
});
