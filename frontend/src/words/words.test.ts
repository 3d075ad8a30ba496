import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderHook } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { en } from "./en";
import { fr } from "./fr";
import { type Language, LanguageProvider } from "./language";
import { useLinkReason, useReason } from "./reasons";
import { useTransport } from "./transports";

/** read gives what a catalogue's hook gives in a language. */
function read<T>(hook: () => T, language: Language): T {
  localStorage.setItem("caveat-language", language);
  const shown = renderHook(hook, { wrapper: LanguageProvider });
  const words = shown.result.current;
  shown.unmount();
  return words;
}

type Hook = () => unknown;
const hooks = vi.hoisted((): Hook[] => []);

// Each catalogue counts, also one that is made tomorrow, and one that its file keeps for itself.
vi.mock("./language", async (original) => {
  const real = await original<typeof import("./language")>();
  const catalogue: typeof real.catalogue = (words) => {
    const hook = real.catalogue(words);
    hooks.push(hook);
    return hook;
  };
  return { ...real, catalogue };
});

const others = ["./reasons.ts", "./transports.ts"]; // one function each, tested below
const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { eager: true, query: "?raw", import: "default" });
const modules = import.meta.glob("../**/*.{ts,tsx}");
const catalogues: { name: string; en: unknown; fr: unknown }[] = [{ name: "shared", en, fr }];
for (const [path, text] of Object.entries(sources)) {
  if (!/= catalogue[<(]/.test(text) || path.includes(".test.") || others.includes(path)) continue;
  hooks.length = 0;
  await modules[path]?.();
  for (const hook of hooks) catalogues.push({ name: path, en: read(hook, "en"), fr: read(hook, "fr") });
}

/** Arguments for every function: a count is a number, a name a string; whatever it is, it is said in the text. */
const given: unknown[][] = [
  [0, 0, 0],
  [1, 1, 1],
  [1, 2, 3],
  [2, 5, 9],
  [1234, 1234, 1234],
  ["Novak", "14:05Z", "StartTLS"],
];
/** Those that want something else. */
const special: Record<string, unknown[][]> = { "recipients.sum": [[["Accepted 1"]], [["Accepted 1", "Held 2"]]] };

type Said = { key: string; text: string };

/** flatten lists all texts with their places; of a function what it says of each of the arguments. */
function flatten(words: unknown, key = ""): Said[] {
  if (typeof words === "string") return [{ key, text: words }];
  if (typeof words === "function") {
    return (special[key] ?? given).map((args) => ({
      key: `${key}(${args.join(", ")})`,
      text: String(Reflect.apply(words, undefined, args)),
    }));
  }
  if (typeof words !== "object" || words === null) throw new Error(`${key} is no text`);
  return Object.entries(words).flatMap(([k, w]) => flatten(w, key === "" ? k : `${key}.${k}`));
}

test("all catalogues are looked at", () => {
  const names = catalogues.map((c) => c.name);
  for (const feature of ["book", "draft", "drafts", "inbox", "sent"])
    expect(names).toContain(`../features/${feature}/words.ts`);
  expect(names).toContain("../components/split.tsx");
});

/** Texts that are the same in both languages: names, and words that are. */
const same = new Set([
  "Caveat",
  "Cc",
  "Cc (info)",
  "Classification",
  "Administration",
  "Classifications",
  "DN",
  "JID",
  "LDAPS",
  "Message",
  "Message-ID",
  "Messages",
  "Nation",
  "Occupants",
  "Organisation",
  "Pages",
  "Protection",
  "Route",
  "SHA-256",
  "SIC",
  "Secret",
  "Signature",
  "StartTLS",
  "Type",
  "classification",
]);
/** Functions that say the same for all arguments. */
const sameFunctions = ["total", "byKind", "version", "detail.message", "check.version", "recipients.sum"];

/** Words that no French sentence has. */
const english =
  /(?<!\p{L})(the|and|of|is|are|was|were|this|that|with|from|not|it|you|your|to|for|by|has|been|then|more|draft)(?!\p{L})/iu;

describe.each(catalogues)("the words of $name", ({ en: inEnglish, fr: inFrench }) => {
  const first = flatten(inEnglish);
  const second = flatten(inFrench);
  const french = new Map(second.map((s) => [s.key, s.text]));

  test("have the same keys in both languages", () => {
    expect(second.map((s) => s.key).sort()).toEqual(first.map((s) => s.key).sort());
  });

  test("are never empty, and never show a hole", () => {
    for (const { key, text } of [...first, ...second]) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe("");
      expect(text, key).not.toMatch(/undefined|null|NaN|\[object|function|\$\{|=>/);
    }
  });

  test("are not English in French", () => {
    const left = first.filter(({ key, text }) => french.get(key) === text && !same.has(text));
    expect(left.filter(({ key }) => !sameFunctions.some((f) => key.endsWith(`${f}(${argumentsOf(key)})`)))).toEqual([]);
    // What stands in quotation marks is a name.
    expect(second.filter(({ text }) => english.test(text.replace(/«\s[^»]*\s»/g, "")))).toEqual([]);
  });

  test("do not shout, and are not joined by what a keyboard has instead of a sign", () => {
    for (const { key, text } of [...first, ...second]) {
      expect(text, key).not.toContain("!"); // LOOK, Words
      expect(text, key).not.toContain("...");
      expect(text, key).not.toMatch(/ {2}/);
    }
  });
});

function argumentsOf(key: string): string {
  return /\((.*)\)$/.exec(key)?.[1] ?? "";
}

describe("counts", () => {
  // A verb or noun in the wrong number is found by reading, not by a rule: these are those that a person sees most.
  test.each<[string, (w: typeof en) => string[], string[]]>([
    ["days", (w) => [w.time.days(1), w.time.days(2)], ["1 day ago", "2 days ago", "il y a 1 jour", "il y a 2 jours"]],
    [
      "directories",
      (w) => [w.frame.directoriesAll(1), w.frame.directoriesAll(2)],
      ["1 directory read", "2 directories read", "1 annuaire lu", "2 annuaires lus"],
    ],
  ])("of %s", (_, of, said) => {
    expect([...of(en), ...of(fr)]).toEqual(said);
  });
});

describe("reasons", () => {
  const said = (language: Language) => read(useReason, language);
  const reason = { rule: "restrictive", text: "It needs ATOMAL.", needed: ["ATOMAL", "BOHEMIA"], tagSet: "Special" };

  test("are the program's own sentence in English", () => {
    expect(said("en")(reason)).toBe("It needs ATOMAL.");
  });

  test("are made from the rule and what is needed in French", () => {
    expect(said("fr")(reason)).toBe("Il faut ATOMAL, BOHEMIA.");
    expect(said("fr")({ ...reason, rule: "permissive" })).toBe(
      "Il faut l’une des valeurs de « Special » : ATOMAL, BOHEMIA.",
    );
  });

  test("of a rule that the page does not know stay as the program says them", () => {
    expect(said("fr")({ rule: "new-rule", text: "Something new." })).toBe("Something new.");
  });

  test.each(["system-high", "required-category", "excluded-category", "withdrawn"])(
    "of rule %s have no hole when nothing is named",
    (rule) => {
      const text = said("fr")({ rule, text: "English.", tagSet: "Special" });
      expect(text).toMatch(/^\p{Lu}.*[^ :]\.$/u);
      expect(text).not.toMatch(/undefined|«\s*»/);
    },
  );
});

/** Every rule that the program names in a reason, read from its sources: none may be left without its French words. */
test("reasons of every rule have words in French", () => {
  const rules = new Set<string>();
  for (const name of ["cmbac", "spif", "presend"]) {
    const folder = join(import.meta.dirname, "../../../backend", name);
    for (const file of readdirSync(folder).filter((f) => f.endsWith(".go") && !f.endsWith("_test.go"))) {
      const text = readFileSync(join(folder, file), "utf8");
      for (const [, rule] of text.matchAll(/^\s+Rule\w+\s*=\s*"([a-z-]+)"/gm)) if (rule) rules.add(rule);
    }
  }
  expect(rules.size).toBeGreaterThan(50);
  const said = read(useReason, "fr");
  const left = [...rules].filter(
    (rule) => said({ rule, text: "English.", needed: ["ATOMAL"], tagSet: "X" }) === "English.",
  );
  expect(left.filter((rule) => rule !== "capability")).toEqual([]);
});

test("what a link does not carry is said of the link", () => {
  const reason = {
    rule: "classification",
    text: "The link deu does not carry this label. Needs SECRET.",
    needed: ["SECRET"],
  };
  expect(read(useLinkReason, "en")(reason, "x, deu")).toBe("The link deu does not carry SECRET.");
  expect(read(useLinkReason, "fr")(reason, "x, deu")).toBe("Le lien deu ne transporte pas SECRET.");
  const other = { rule: "no-route", text: "There is no mail route to x.example." };
  expect(read(useLinkReason, "en")(other, "deu")).toBe(other.text);
});

test("transports are said in words, one that is not known as it is", () => {
  const ways = ["ldaps", "starttls", "plain", "ldif", "carrier-pigeon"];
  expect(ways.map(read(useTransport, "en"))).toEqual([
    "LDAPS",
    "StartTLS",
    "plain connection, not protected",
    "LDIF file",
    "carrier-pigeon",
  ]);
  expect(ways.map(read(useTransport, "fr"))).toEqual([
    "LDAPS",
    "StartTLS",
    "liaison en clair, non protégée",
    "fichier LDIF",
    "carrier-pigeon",
  ]);
});

test("the language is told to the browser, for screen readers", () => {
  read(useReason, "fr");
  expect(document.documentElement.lang).toBe("fr");
  read(useReason, "en");
  expect(document.documentElement.lang).toBe("en");
});
