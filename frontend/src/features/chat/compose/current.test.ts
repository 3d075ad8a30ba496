import { describe, expect, test } from "vitest";
import { Saver } from "../../draft/saver";
import { contentOf } from "../../draft/state";
import { again, beginningOf, fresh, isOver, leaving, waitFor, waitingFor, waitsNoMore } from "./current";

describe("the draft that a conversation is opened with", () => {
  test("is a new one where there is none", () => {
    expect(beginningOf("c1", null, undefined)).toMatchObject({ isNew: true, first: {} });
  });

  test("is the stored one, and the one that is named before it", () => {
    expect(beginningOf("c2", null, "stored")).toMatchObject({ id: "stored", isNew: false });
    expect(beginningOf("c2", "named", "stored")).toMatchObject({ id: "named", isNew: false });
  });

  test("is the one that was left with something in it, though the list does not know of it yet", () => {
    const left = fresh({}, true);
    leaving("c3", left, true);
    expect(beginningOf("c3", null, "older")).toMatchObject({ id: left.id, isNew: false, hasFocus: false });
    expect(beginningOf("c3", "named", "older")).toMatchObject({ id: "named" });
  });

  test("is not one that was left empty, and not one that was sent, though the list still has it", () => {
    const empty = fresh({}, true);
    leaving("c4", empty, false);
    expect(beginningOf("c4", null, undefined).id).not.toBe(empty.id);
    const sent = fresh({}, true);
    isOver(sent.id);
    leaving("c4", sent, true);
    expect(beginningOf("c4", null, sent.id)).toMatchObject({ isNew: true });
  });

  test("after a correction is the one before: read where it held something, else as it began", () => {
    const [written, empty] = [fresh({}, false), fresh({}, false)];
    leaving("c5", written, true);
    leaving("c5", empty, false);
    expect(again(written)).toMatchObject({ id: written.id, isNew: false, hasFocus: true });
    expect(again(empty)).toMatchObject({ id: empty.id, isNew: true, hasFocus: true });
  });
});

describe("what was typed ahead of a message that was left while it was being sent", () => {
  const ahead = (id: string) => ({ id, saver: new Saver(() => new Promise(() => undefined)), content: contentOf({}) });

  test("is what the conversation is opened with, once that message is through", () => {
    const [first, next] = [fresh({}, true), ahead("next1")];
    leaving("c6", first, true);
    waitFor(first.id, next);
    isOver(first.id);
    expect(beginningOf("c6", null, undefined)).toMatchObject({ id: "next1", kept: next, hasFocus: false });
  });

  test("waits on where that message is shown again, once", () => {
    waitFor("first2", ahead("next2"));
    expect(waitingFor("first2")).toMatchObject({ id: "next2" });
    expect(waitingFor("first2")).toBeUndefined();
  });

  test("waits no more where it was sent, or is shown by itself", () => {
    waitFor("first3", ahead("next3"));
    isOver("next3");
    expect(waitingFor("first3")).toBeUndefined();
    waitFor("first4", ahead("next4"));
    waitsNoMore("next4");
    expect(waitingFor("first4")).toBeUndefined();
  });

  test("is left as any draft: what the page held of it is not shown again in the place of what is stored", () => {
    const shown = { ...fresh({}, true), kept: ahead("next5"), goes: true };
    leaving("c7", shown, true);
    expect(beginningOf("c7", null, undefined)).not.toHaveProperty("kept");
    expect(beginningOf("c7", null, undefined)).not.toHaveProperty("goes");
  });
});
