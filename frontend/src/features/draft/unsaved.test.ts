import { beforeEach, expect, test } from "vitest";
import { Problem, serverGone } from "../../api/problem";
import { Saver } from "./saver";
import { contentOf } from "./state";
import { comeBack, leaveBehind, show } from "./unsaved";

const at = "2026-11-21T14:05:00Z";
const text = (subject: string) => contentOf({ subject });

let id = "";
let made = 0;

beforeEach(() => {
  id = `d${String(++made).padStart(15, "0")}`; // what one test leaves is none of the next one's business
});

/** leaving is a draft that was left while it was being saved; the save ends when the test says so. */
function leaving() {
  const ends: { done: () => void; fail: () => void }[] = [];
  const saver = new Saver(
    ({ version }) =>
      new Promise((resolve, reject) =>
        ends.push({
          done: () => resolve({ version: version + 1, changed: at }),
          fail: () => reject(new Problem({ code: serverGone, status: 0, detail: "" })),
        }),
      ),
  );
  const hide = show(id, saver);
  saver.change(text("left"));
  hide();
  saver.leave(false);
  expect(leaveBehind(id, saver)).toBe(true);
  return { saver, ends };
}

const settled = () => new Promise((done) => setTimeout(done));

test("what is on its way comes back as it was left, with its saver", () => {
  const { saver } = leaving();
  expect(comeBack(id)).toEqual({ saver, content: text("left") });
  expect(comeBack(id)).toBeUndefined();
});

test("what could not be saved comes back", async () => {
  const { saver, ends } = leaving();
  ends[0]?.fail();
  await settled();
  expect(comeBack(id)).toEqual({ saver, content: text("left") });
});

test("what was saved since is read from where it is stored", async () => {
  const { ends } = leaving();
  ends[0]?.done();
  await settled();
  expect(comeBack(id)).toBeUndefined();
});

test("what its saver got after it was left comes back, and not what it had then", async () => {
  const { saver, ends } = leaving();
  saver.change(text("left, and more"));
  expect(comeBack(id)?.content.subject).toBe("left, and more");
  leaveBehind(id, saver);
  ends[0]?.done();
  await settled();
  expect(comeBack(id)?.content.subject).toBe("left, and more"); // its save has not begun
});

test("what another page shows meanwhile, with the same saver, was not left", () => {
  const { saver } = leaving();
  show(id, saver);
  expect(comeBack(id)).toBeUndefined();
});

test("what was thrown away since does not come back: its saver saves nothing any more", () => {
  const { saver } = leaving();
  saver.stop();
  expect(comeBack(id)).toBeUndefined();
});

test("the end of an older saver takes nothing from a newer one of the same draft", async () => {
  const older = leaving();
  const newer = leaving();
  older.ends[0]?.done();
  await settled();
  expect(comeBack(id)?.saver).toBe(newer.saver);
});
