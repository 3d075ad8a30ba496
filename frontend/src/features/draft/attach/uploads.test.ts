import { expect, test } from "vitest";
import { Problem } from "../../../api/problem";
import { isUploading, nextUpload, reduceUploads, type Upload, type UploadAction } from "./uploads";

const play = (...actions: UploadAction[]) => actions.reduce(reduceUploads, [] as readonly Upload[]);
const file = (id: number, size = 10) => ({ id, name: `f${id}`, size });
const chosen = (...files: ReturnType<typeof file>[]): UploadAction => ({ type: "chosen", files, limit: 100 });

test("files are brought one after the other, in the order in which they were chosen", () => {
  const waiting = play(chosen(file(1), file(2)));
  expect(nextUpload(waiting)?.id).toBe(1);
  const running = reduceUploads(waiting, { type: "sent", id: 1, sent: 3 });
  expect(nextUpload(running)).toBeUndefined();
  expect(nextUpload(reduceUploads(running, { type: "ended", id: 1 }))?.id).toBe(2);
});

test("a file that is too large never starts; without a known limit the program decides", () => {
  const all = play(chosen(file(1, 101), file(2, 100)));
  expect(all.map((u) => u.state.is)).toEqual(["failed", "waiting"]);
  expect(play({ type: "chosen", files: [file(1, 101)], limit: 0 })[0]?.state.is).toBe("waiting");
});

test("one that failed holds up neither the others nor the sending, and can be tried again", () => {
  const problem = new Problem({ code: "server-internal", status: 500, detail: "" });
  const all = play(chosen(file(1)), { type: "sent", id: 1, sent: 1 }, { type: "failed", id: 1, problem });
  expect(isUploading(all)).toBe(false);
  expect(nextUpload(all)).toBeUndefined();
  expect(nextUpload(reduceUploads(all, { type: "again", id: 1 }))?.id).toBe(1);
});

test("what is on its way holds up sending", () => {
  expect(isUploading(play(chosen(file(1))))).toBe(true);
  expect(isUploading(play(chosen(file(1)), { type: "ended", id: 1 }))).toBe(false);
});
