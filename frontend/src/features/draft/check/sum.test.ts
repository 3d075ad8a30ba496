import { renderHook } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { Problem } from "../../../api/problem";
import type { Outcome } from "../../../api/types";
import { type Language, LanguageProvider } from "../../../words/language";
import type { Check } from "../check";
import { person, report, verdict } from "../test-reports";
import { useDraftWords } from "../words";
import { sumOf } from "./sum";
import { useCheckWords } from "./words";

function wordsIn(language: Language) {
  localStorage.setItem("caveat-language", language);
  const both = () => [useDraftWords(), useCheckWords()] as const;
  return renderHook(both, { wrapper: LanguageProvider }).result.current;
}

const done = (...outcomes: Outcome[]): Check => ({
  is: "done",
  report: report(outcomes.map((o, i) => person(`P${i}`, o))),
});
const withLabel = (valid: boolean, originator: Outcome, ...outcomes: Outcome[]): Check => ({
  is: "done",
  report: report(
    outcomes.map((o, i) => person(`P${i}`, o)),
    { label: { marking: "", problems: [], valid }, originator: verdict(originator) },
  ),
});
const failed: Check = {
  is: "failed",
  problem: new Problem({ code: "server-timeout", status: 504, detail: "" }),
  report: report([person("A")]),
  retry: () => undefined,
};

const cases: [name: string, check: Check, tone: string, en: string, fr: string][] = [
  ["nobody is there", { is: "nobody" }, "quiet", "Nobody to check yet", "Personne à contrôler"],
  [
    "there is no label",
    { is: "no-label" },
    "quiet",
    "Choose a label to see who may get it",
    "Choisissez une étiquette pour voir qui peut le recevoir",
  ],
  ["it is being checked", { is: "checking" }, "quiet", "Checking…", "Contrôle…"],
  [
    "it is being checked anew",
    { is: "checking", report: report([person("A")]) },
    "quiet",
    "Checking again…",
    "Nouveau contrôle…",
  ],
  // What was known before a check that failed is no answer.
  ["the check failed", failed, "unsure", "Could not check", "Contrôle impossible"],
  ["the one may", done("cleared"), "good", "The recipient may get this", "Le destinataire peut le recevoir"],
  ["all may", done("cleared", "cleared", "cleared"), "good", "All 3 may get this", "Les 3 peuvent le recevoir"],
  [
    "the one may not",
    done("not-cleared"),
    "bad",
    "The recipient may not get this",
    "Le destinataire ne peut pas le recevoir",
  ],
  [
    "one of several may not",
    done("cleared", "not-cleared", "cleared"),
    "bad",
    "1 of 3 may not get this",
    "1 sur 3 ne peut pas le recevoir",
  ],
  [
    "several may not",
    done("not-cleared", "not-cleared", "cleared"),
    "bad",
    "2 of 3 may not get this",
    "2 sur 3 ne peuvent pas le recevoir",
  ],
  ...(["unknown", "stale", "error"] as const).flatMap((o): typeof cases => [
    [
      `the one is ${o}`,
      done(o),
      "unsure",
      "The recipient could not be checked",
      "Le destinataire n’a pas pu être contrôlé",
    ],
    [
      `one of several is ${o}`,
      done("cleared", o),
      "unsure",
      "1 of 2 could not be checked",
      "1 sur 2 n’a pas pu être contrôlé",
    ],
    [
      `several are ${o}`,
      done(o, "cleared", o),
      "unsure",
      "2 of 3 could not be checked",
      "2 sur 3 n’ont pas pu être contrôlés",
    ],
  ]),
  [
    "one may not and one is unsure",
    done("unknown", "not-cleared", "cleared"),
    "bad",
    "1 of 3 may not get this, 1 could not be checked",
    "1 sur 3 ne peut pas le recevoir, 1 non contrôlé",
  ],
  [
    "several may not and several are unsure",
    done("unknown", "not-cleared", "not-cleared", "stale", "error"),
    "bad",
    "2 of 5 may not get this, 3 could not be checked",
    "2 sur 5 ne peuvent pas le recevoir, 3 non contrôlés",
  ],
  [
    "the label is not valid, whoever may get it",
    withLabel(false, "not-cleared", "not-cleared"),
    "bad",
    "The label is not valid",
    "L’étiquette n’est pas valide",
  ],
  [
    "the originator may not",
    withLabel(true, "not-cleared", "not-cleared"),
    "bad",
    "You may not send this",
    "Vous ne pouvez pas envoyer ceci",
  ],
  [
    "the originator is unsure and all may",
    withLabel(true, "stale", "cleared", "unknown"),
    "unsure",
    "Your own clearance could not be checked",
    "Votre propre habilitation n’a pas pu être contrôlée",
  ],
  [
    "the originator is unsure, but somebody may not",
    withLabel(true, "unknown", "cleared", "not-cleared"),
    "bad",
    "1 of 2 may not get this",
    "1 sur 2 ne peut pas le recevoir",
  ],
];

describe.each(["en", "fr"] as const)("the answer in words (%s)", (language) => {
  test.each(cases)("when %s", (_, check, tone, en, fr) => {
    expect(sumOf(check, ...wordsIn(language))).toEqual({ tone, text: language === "en" ? en : fr });
  });
});

test("the way to somebody counts as he does", () => {
  const check: Check = { is: "done", report: report([person("A", "cleared", "not-cleared"), person("B")]) };
  expect(sumOf(check, ...wordsIn("en"))).toEqual({ tone: "bad", text: "1 of 2 may not get this" });
});

/** notAsked is a way whose servers could not be asked, in the program's words. */
const notAsked = {
  ...verdict("cleared"),
  evidence: {
    ...verdict("cleared").evidence,
    note: "Whether the servers on the way take this label could not be asked yet; it is asked before the message leaves: no connection",
  },
};

test.each([
  ["en", "The recipient may get this, servers not asked yet"],
  ["fr", "Le destinataire peut le recevoir, serveurs pas encore interrogés"],
] as const)("servers that could not be asked yet never look as if all were well (%s)", (language, text) => {
  const check: Check = { is: "done", report: report([person("A", "cleared", notAsked)]) };
  expect(sumOf(check, ...wordsIn(language))).toEqual({ tone: "unsure", text });
});

test("who may not get it comes before servers that could not be asked", () => {
  const check: Check = { is: "done", report: report([person("A", "not-cleared"), person("B", "cleared", notAsked)]) };
  expect(sumOf(check, ...wordsIn("en"))).toEqual({ tone: "bad", text: "1 of 2 may not get this" });
});
