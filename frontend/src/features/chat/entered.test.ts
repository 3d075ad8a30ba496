import { expect, test } from "vitest";
import type { ChatOccupant, ChatPresence } from "../../api/types";
import { fakeLabel, fakeOccupant, fakePresence, noLabel } from "../../test-fakes";
import { goneKey, type Watched, watched, without } from "./entered";

const ron = fakeOccupant("ron", { outcome: "not-cleared" });
const olena = fakeOccupant("olena");

const lower = fakeLabel({ marking: "NATO RESTRICTED" });
/** none: nobody can be judged, so every outcome is unknown. */
const none = (occupants: ChatOccupant[]) =>
  fakePresence(
    occupants.map((o) => ({ ...o, outcome: "unknown" as const })),
    { judged: noLabel },
  );

const after = (...said: ChatPresence[]) =>
  said.reduce<Watched | undefined>((w, now, i) => watched(w, now, `at ${i}`), undefined);
const told = (w: Watched | undefined) => (w?.alarms ?? []).map((a) => `${a.kind} ${a.who.nick} ${a.who.outcome}`);

test.each<[string, ChatPresence[], string[]]>([
  ["who was there when one came is counted, not told of", [fakePresence([ron])], []],
  [
    "who enters and is not cleared is told of",
    [fakePresence([olena]), fakePresence([olena, ron])],
    ["entered ron not-cleared"],
  ],
  ["who enters and is cleared is not", [fakePresence([]), fakePresence([olena])], []],
  [
    "of whom nothing is known, it is told",
    [fakePresence([]), fakePresence([fakeOccupant("x", { outcome: "unknown", address: "" })])],
    ["entered x unknown"],
  ],
  [
    "one who cannot be read counts as not cleared",
    [
      fakePresence([]),
      fakePresence([fakeOccupant("x", { outcome: "error" }), fakeOccupant("y", { outcome: "stale" })]),
    ],
    ["entered x error", "entered y stale"],
  ],
  ["he leaves, and it is over", [fakePresence([]), fakePresence([ron]), fakePresence([])], []],
  [
    "he comes back, and it is told again",
    [fakePresence([]), fakePresence([ron]), fakePresence([]), fakePresence([ron])],
    ["entered ron not-cleared"],
  ],
  [
    "another nick is no other person",
    [fakePresence([]), fakePresence([ron]), fakePresence([{ ...ron, nick: "ron2" }])],
    ["entered ron2 not-cleared"],
  ],
  [
    "who loses a clearance while there is told of",
    [fakePresence([olena]), fakePresence([{ ...olena, outcome: "not-cleared" }])],
    ["turned olena not-cleared"],
  ],
  [
    "who is there under another label, and was not cleared by the first one either, is no news",
    [fakePresence([ron]), fakePresence([ron], { judged: lower })],
    [],
  ],
  [
    "who enters as the label changes is told of",
    [fakePresence([ron]), fakePresence([ron, { ...olena, outcome: "unknown" }], { judged: lower })],
    ["entered olena unknown"],
  ],
  [
    "who is there when the label changes so that he is not cleared any more is told of",
    [fakePresence([olena], { judged: lower }), fakePresence([{ ...olena, outcome: "not-cleared" }])],
    ["here olena not-cleared"],
  ],
  [
    "who entered while there was no label is told of once there is one",
    [none([]), none([ron]), fakePresence([ron])],
    ["here ron not-cleared"],
  ],
  ["who was there before the user, without a label, is counted, not told of", [none([ron]), fakePresence([ron])], []],
  ["who enters as the first label comes is told of", [none([]), fakePresence([ron])], ["entered ron not-cleared"]],
  [
    "who is told of stays so where the label goes and comes again",
    [fakePresence([]), fakePresence([ron]), none([ron]), fakePresence([ron])],
    ["here ron not-cleared"],
  ],
  [
    "who was cleared by a label that went, and is not by the next one, is told of",
    [fakePresence([olena], { judged: lower }), none([olena]), fakePresence([{ ...olena, outcome: "not-cleared" }])],
    ["here olena not-cleared"],
  ],
  [
    "it goes when he is cleared",
    [fakePresence([]), fakePresence([ron]), fakePresence([{ ...ron, outcome: "cleared" }])],
    [],
  ],
  ["without a label nobody can be judged", [fakePresence([]), none([ron])], []],
  [
    "the user himself is never told of",
    [
      fakePresence([]),
      { ...fakePresence([]), occupants: [fakeOccupant("me", { mine: true, outcome: "not-cleared" })] },
    ],
    [],
  ],
  [
    "one who is there twice is judged by the worse",
    [fakePresence([]), fakePresence([ron, { ...ron, nick: "phone", outcome: "cleared" }])],
    ["entered ron not-cleared"],
  ],
])("%s", (_, said, wanted) => {
  expect(told(after(...said))).toEqual(wanted);
});

test("what was put away stays away when the label goes and comes again", () => {
  const away = without(after(fakePresence([]), fakePresence([ron])) as Watched, "");
  expect(told(watched(watched(away, none([ron]), "t"), fakePresence([ron]), "t"))).toEqual([]);
});

test("what was put away stays away while he is there, and is told when he comes again", () => {
  const told1 = after(fakePresence([]), fakePresence([ron])) as Watched;
  const away = without(told1, "address ron@chat.aus.example");
  expect(told(away)).toEqual([]);
  const still = watched(away, fakePresence([ron]), "t");
  expect(told(still)).toEqual([]);
  expect(told(watched(watched(still, fakePresence([]), "t"), fakePresence([ron]), "t"))).toEqual([
    "entered ron not-cleared",
  ]);
});

test.each<[string, ChatPresence[], string[]]>([
  [
    "who was told of and left was here",
    [fakePresence([]), fakePresence([ron]), fakePresence([])],
    ["ron at 1 at 2 NATO SECRET"],
  ],
  [
    "each time",
    [fakePresence([]), fakePresence([ron]), fakePresence([]), fakePresence([ron]), fakePresence([])],
    ["ron at 3 at 4 NATO SECRET", "ron at 1 at 2 NATO SECRET"],
  ],
  ["who was cleared was no news", [fakePresence([]), fakePresence([olena]), fakePresence([])], []],
  [
    "who left while there was no label was told of before",
    [fakePresence([]), fakePresence([ron]), none([])],
    ["ron at 1 at 2 NATO SECRET"],
  ],
])("of those who left: %s", (_, said, wanted) => {
  const { gone } = after(...said) as Watched;
  expect(gone.map((g) => `${g.who.nick} ${g.since} ${g.until} ${g.marking}`)).toEqual(wanted);
  const [first] = gone;
  if (first) expect(without(after(...said) as Watched, goneKey(first)).gone).toHaveLength(wanted.length - 1);
});
