import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Answers, problem, stage } from "../../test-stage";
import { DraftPage } from "./page";

const at = "2026-11-21T14:05:00Z";

/** Program keeps one draft as the real one does; a save is answered when `answer` says so. */
function program(id: string) {
  let stored = { version: 1, content: { body: "first" } };
  const waiting: (() => void)[] = [];
  const answers: Answers = {
    [`GET /api/drafts/${id}`]: () => ({ id, changed: at, ...stored }),
    [`PUT /api/drafts/${id}`]: async (r: Request) => {
      const { version, content } = await r.json();
      await new Promise<void>((go) => waiting.push(go));
      if (version !== stored.version) return problem(409, "user-draft-changed");
      stored = { version: version + 1, content };
      return { id, version: stored.version, changed: at };
    },
    "GET /api/installation": { identities: [{ mail: "me@gbr.example" }], attachmentLimit: 1 },
    "GET /api/policies": [],
    "GET /api/label/favourites": [],
    "GET /api/templates": [],
    "POST /api/book/lookup": [],
  };
  const open = () => stage(<DraftPage id={id} />, { at: "/", path: "/", answers });
  return {
    open,
    waiting,
    answer: () => waiting.shift()?.(),
    body: () => stored.content.body,
    writeElsewhere: (body: string) => {
      stored = { version: stored.version + 1, content: { body } };
    },
  };
}

const text = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Text" });
/** mayClose: the page may end, for all is saved. */
const mayClose = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
const write = async (value: string) => fireEvent.change(await text(), { target: { value } });

test("a draft that was left while it was saved is read again once it is: another tab may have written on", async () => {
  const { open, waiting, answer, body, writeElsewhere } = program("d000000000000000a");
  const { unmount } = open();
  await write("second");
  unmount();
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  answer();
  await vi.waitFor(() => expect(body()).toBe("second"));
  await vi.waitFor(() => expect(mayClose()).toBe(true));
  writeElsewhere("third, elsewhere");
  open();
  expect((await text()).value).toBe("third, elsewhere");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a draft whose save has not been answered comes back as it was left", async () => {
  const { open, waiting, answer, body } = program("d000000000000000b");
  const { unmount } = open();
  await write("second");
  unmount();
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  open();
  expect((await text()).value).toBe("second");
  await write("second, and more");
  answer();
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  answer();
  await vi.waitFor(() => expect(body()).toBe("second, and more"));
});
