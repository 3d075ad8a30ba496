import { describe, expect, test } from "vitest";
import type { LabelSelection, Policy } from "../../api/types";
import { type Bound, barsClass, barsLabel, barsValue, isAtLeast } from "./order";

type Tag = Policy["tagSets"][number]["tags"][number];
const tag = (type: Tag["type"], ...values: string[]): Tag => ({
  type,
  max: 0,
  values: values.map((name) => ({ name, phrase: name, obsolete: false })),
});
const special = { name: "Special", tags: [tag("RESTRICTIVE", "ATOMAL", "BOHEMIA")] };
const release = { name: "Release", tags: [tag("PERMISSIVE", "NATO", "SWE", "FIN")] };
const info = { name: "Info", tags: [tag("INFORMATIVE", "EXERCISE")] };
const policy: Policy = {
  ...{
    id: "1",
    name: "NATO",
    version: 1,
    sha256: "",
    governing: true,
    mode: "hierarchical",
    notAfter: null,
    required: [],
  },
  classifications: ["UNCLASSIFIED", "RESTRICTED", "SECRET"].map((name, hierarchy) => ({
    ...{ name, phrase: name, hierarchy, obsolete: false, foreground: "", background: "" },
  })),
  tagSets: [special, release, info],
};
const label = (classification: string, categories: LabelSelection["categories"] = {}): LabelSelection => ({
  policy: "NATO",
  classification,
  categories,
});

// RULES 2
describe("isAtLeast", () => {
  test.each<[string, LabelSelection, LabelSelection, boolean]>([
    ["the same label", label("SECRET"), label("SECRET"), true],
    ["a higher class", label("SECRET"), label("RESTRICTED"), true],
    ["a lower class", label("RESTRICTED"), label("SECRET"), false],
    ["one restrictive value more", label("SECRET", { Special: ["ATOMAL"] }), label("SECRET"), true],
    ["a restrictive value less", label("SECRET"), label("SECRET", { Special: ["ATOMAL"] }), false],
    [
      "another restrictive value",
      label("SECRET", { Special: ["BOHEMIA"] }),
      label("SECRET", { Special: ["ATOMAL"] }),
      false,
    ],
    ["a permissive tag more", label("SECRET", { Release: ["NATO"] }), label("SECRET"), true],
    ["a permissive tag less", label("SECRET"), label("SECRET", { Release: ["NATO"] }), false],
    [
      "fewer permissive values",
      label("SECRET", { Release: ["NATO"] }),
      label("SECRET", { Release: ["NATO", "SWE"] }),
      true,
    ],
    [
      "more permissive values",
      label("SECRET", { Release: ["NATO", "SWE"] }),
      label("SECRET", { Release: ["NATO"] }),
      false,
    ],
    ["other permissive values", label("SECRET", { Release: ["FIN"] }), label("SECRET", { Release: ["NATO"] }), false],
    ["informative values do not count", label("SECRET"), label("SECRET", { Info: ["EXERCISE"] }), true],
    ["a class that the policy has not", label("COSMIC"), label("SECRET"), false],
    ["no class yet", label(""), label("RESTRICTED"), false],
    ["a value that the policy has not", label("SECRET"), label("SECRET", { Special: ["GONE"] }), false],
    ["another policy", { ...label("SECRET"), policy: "EU" }, label("RESTRICTED"), false],
  ])("%s", (_, a, b, is) => {
    expect(isAtLeast(policy, a, b)).toBe(is);
  });
});

const floor = (l: LabelSelection): Bound => ({ label: l, whose: "Paragraph 1", isFloor: true });
const ceiling = (l: LabelSelection): Bound => ({ label: l, whose: "The message", isFloor: false });

describe("bounds", () => {
  test("a class below the floor, or above the ceiling, is barred", () => {
    const bars = (b: Bound, c: string) => barsClass(policy, [b], c) !== undefined;
    expect(["UNCLASSIFIED", "RESTRICTED", "SECRET"].map((c) => bars(floor(label("RESTRICTED")), c))).toEqual([
      true,
      false,
      false,
    ]);
    expect(["UNCLASSIFIED", "RESTRICTED", "SECRET"].map((c) => bars(ceiling(label("RESTRICTED")), c))).toEqual([
      false,
      false,
      true,
    ]);
    expect(bars(floor({ ...label("SECRET"), policy: "EU" }), "RESTRICTED")).toBe(false); // the check judges that
  });

  const bars = (b: Bound, now: LabelSelection, set: typeof special | typeof release, name: string) => {
    const [first] = set.tags;
    return first !== undefined && barsValue(policy, [b], now, { set, tag: first, name }) !== undefined;
  };

  test.each<[string, Bound, LabelSelection, typeof special, string, boolean]>([
    [
      "a restrictive value of the floor stays",
      floor(label("SECRET", { Special: ["ATOMAL"] })),
      label("SECRET", { Special: ["ATOMAL"] }),
      special,
      "ATOMAL",
      true,
    ],
    ["it may be added", floor(label("SECRET", { Special: ["ATOMAL"] })), label("SECRET"), special, "ATOMAL", false],
    [
      "another restrictive one may come and go",
      floor(label("SECRET")),
      label("SECRET", { Special: ["BOHEMIA"] }),
      special,
      "BOHEMIA",
      false,
    ],
    [
      "a permissive one is not added to the floor's",
      floor(label("SECRET", { Release: ["NATO"] })),
      label("SECRET", { Release: ["NATO"] }),
      release,
      "SWE",
      true,
    ],
    [
      "the floor's last permissive one stays",
      floor(label("SECRET", { Release: ["NATO"] })),
      label("SECRET", { Release: ["NATO"] }),
      release,
      "NATO",
      true,
    ],
    [
      "of two one may go",
      floor(label("SECRET", { Release: ["NATO", "SWE"] })),
      label("SECRET", { Release: ["NATO", "SWE"] }),
      release,
      "SWE",
      false,
    ],
    ["any may be chosen where the floor has none", floor(label("SECRET")), label("SECRET"), release, "SWE", false],
    ["a restrictive one that the ceiling has not", ceiling(label("SECRET")), label("SECRET"), special, "ATOMAL", true],
    [
      "one that the ceiling has",
      ceiling(label("SECRET", { Special: ["ATOMAL"] })),
      label("SECRET"),
      special,
      "ATOMAL",
      false,
    ],
  ])("%s", (_, bound, now, set, name, is) => {
    expect(bars(bound, now, set, name)).toBe(is);
  });
});

describe("a label chosen as a whole", () => {
  const secret = label("SECRET", { Special: ["ATOMAL"], Release: ["NATO"] });
  test.each<[string, Bound, LabelSelection, { value: string | undefined } | undefined]>([
    ["of the floor itself may be chosen", floor(secret), secret, undefined],
    ["below the floor's class is barred by it", floor(secret), label("RESTRICTED"), { value: undefined }],
    ["without a restrictive value of the floor", floor(secret), label("SECRET"), { value: "ATOMAL" }],
    [
      "with a permissive value that the floor has not",
      floor(secret),
      label("SECRET", { Special: ["ATOMAL"], Release: ["NATO", "SWE"] }),
      { value: "SWE" },
    ],
    [
      "without any of the floor's permissive ones",
      floor(secret),
      label("SECRET", { Special: ["ATOMAL"] }),
      { value: "NATO" },
    ],
    ["above the ceiling's class", ceiling(label("RESTRICTED")), label("SECRET"), { value: undefined }],
    ["with a restrictive value above the ceiling", ceiling(label("SECRET")), secret, { value: "ATOMAL" }],
    ["under the ceiling may be chosen", ceiling(secret), label("RESTRICTED"), undefined],
    ["the check judges another policy", floor({ ...secret, policy: "EU" }), label("RESTRICTED"), undefined],
  ])("%s", (_, bound, chosen, barred) => {
    expect(barsLabel(policy, [bound], chosen)).toEqual(barred && { bound, ...barred });
  });
});
