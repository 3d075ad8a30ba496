import { describe, expect, test } from "vitest";
import type { LabelSelection, Policy } from "../../api/types";
import { emptySelection, isChosen, toggle, valueName } from "./selection";

type TagSet = Policy["tagSets"][number];
type Tag = TagSet["tags"][number];

const tag = (type: Tag["type"], values: string[], max = 0): Tag => ({
  type,
  max,
  values: values.map((name) => ({ name, obsolete: false, phrase: name })),
});
const restrictive = tag("RESTRICTIVE", ["ATOMAL", "BOHEMIA"]);
const releasable = tag("PERMISSIVE", ["NATO", "SWE", "FIN"]);
const one = tag("INFORMATIVE", ["LIMDIS", "EXDIS", "NODIS"], 1);
const special: TagSet = { name: "Special", tags: [restrictive] };
const release: TagSet = { name: "Release", tags: [releasable] };
const handling: TagSet = { name: "Handling", tags: [one] };
const start: LabelSelection = { policy: "NATO", classification: "SECRET", privacyMark: "kept" };

/** chosen toggles one after the other, from the start. */
function chosen(set: TagSet, ...steps: [Tag, string][]): LabelSelection["categories"] {
  return steps.reduce((s, [t, name]) => toggle(s, set, t, name), start).categories;
}

describe("toggle", () => {
  test("chooses a value and takes it back, and leaves the rest of the label alone", () => {
    const on = toggle(start, special, restrictive, "ATOMAL");
    expect(on).toEqual({ ...start, categories: { Special: ["ATOMAL"] } });
    expect(isChosen(on, special, restrictive, "ATOMAL")).toBe(true);
    expect(isChosen(on, special, restrictive, "BOHEMIA")).toBe(false);
    expect(toggle(on, special, restrictive, "ATOMAL")).toEqual({ ...start, categories: {} });
  });

  test("keeps several values, and those of other tag sets", () => {
    const s = toggle(start, special, restrictive, "ATOMAL");
    const both = toggle(toggle(s, release, releasable, "SWE"), release, releasable, "FIN");
    expect(both.categories).toEqual({ Special: ["ATOMAL"], Release: ["SWE", "FIN"] });
    expect(toggle(both, special, restrictive, "ATOMAL").categories).toEqual({ Release: ["SWE", "FIN"] });
  });

  test("does not change the selection it was given", () => {
    const before: LabelSelection = { ...start, categories: { Release: ["SWE"] } };
    toggle(before, release, releasable, "FIN");
    expect(before.categories).toEqual({ Release: ["SWE"] });
  });

  test("of a tag that allows one, the new value takes the old one's place", () => {
    expect(chosen(handling, [one, "LIMDIS"], [one, "NODIS"])).toEqual({ Handling: ["NODIS"] });
    expect(chosen(handling, [one, "LIMDIS"], [one, "LIMDIS"])).toEqual({});
  });

  test("a tag that allows one leaves the values of the other tags of its set", () => {
    const mixed: TagSet = { name: "Mixed", tags: [one, releasable] };
    expect(chosen(mixed, [releasable, "SWE"], [one, "LIMDIS"], [one, "EXDIS"])).toEqual({ Mixed: ["SWE", "EXDIS"] });
  });
});

// RULES 5
describe("a name that stands under several types of its tag set", () => {
  const rel = tag("PERMISSIVE", ["FIN", "SWE"]);
  const eyes = tag("RESTRICTIVE", ["FIN"]);
  const info = tag("INFORMATIVE", ["FIN"]);
  const both: TagSet = { name: "Both", tags: [rel, eyes, info] };

  test("carries its type", () => {
    expect(chosen(both, [eyes, "FIN"])).toEqual({ Both: [{ type: "restrictive", name: "FIN" }] });
    expect(chosen(both, [rel, "FIN"])).toEqual({ Both: [{ type: "permissive", name: "FIN" }] });
    expect(chosen(both, [info, "FIN"])).toEqual({ Both: [{ type: "informative", name: "FIN" }] });
    expect(chosen(both, [rel, "SWE"])).toEqual({ Both: ["SWE"] });
  });

  test("is chosen under that type alone, and can be under several", () => {
    const s = toggle(start, both, eyes, "FIN");
    expect(isChosen(s, both, eyes, "FIN")).toBe(true);
    expect(isChosen(s, both, rel, "FIN")).toBe(false);
    const two = toggle(s, both, rel, "FIN");
    expect(two.categories?.Both).toEqual([
      { type: "restrictive", name: "FIN" },
      { type: "permissive", name: "FIN" },
    ]);
    expect(toggle(two, both, eyes, "FIN").categories?.Both).toEqual([{ type: "permissive", name: "FIN" }]);
  });
});

test("valueName is the name of a value with or without its type", () => {
  expect(valueName("FIN")).toBe("FIN");
  expect(valueName({ type: "permissive", name: "FIN" })).toBe("FIN");
});

describe("emptySelection", () => {
  const policy = (required: string[], tagSets: TagSet[]): Policy => ({
    id: "1.2.3",
    name: "NATO",
    version: 1,
    sha256: "",
    governing: true,
    mode: "hierarchical",
    notAfter: null,
    classifications: [],
    required,
    tagSets,
  });
  const only: TagSet = { name: "Context", tags: [tag("PERMISSIVE", ["NATO"])] };

  test("takes the only value of a tag set that every label needs", () => {
    expect(emptySelection(policy(["Context"], [only, release]))).toEqual({
      policy: "NATO",
      classification: "",
      categories: { Context: ["NATO"] },
    });
  });

  test.each<[string, string[], TagSet]>([
    ["the tag set is not required", [], only],
    ["there are several values", ["Release"], release],
    ["there are several types", ["Two"], { name: "Two", tags: [tag("PERMISSIVE", ["A"]), tag("RESTRICTIVE", ["B"])] }],
    ["there is no value", ["None"], { name: "None", tags: [tag("PERMISSIVE", [])] }],
    ["there is no type", ["None"], { name: "None", tags: [] }],
  ])("takes none when %s", (_, required, set) => {
    expect(emptySelection(policy(required, [set])).categories).toEqual({});
  });
});
