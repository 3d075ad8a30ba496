import type { Reason } from "../api/types";
import { catalogue } from "./language";

/**
 * The server says each reason in English; in another language the sentence is made here, from the rule and what is needed.
 * A rule that is not here keeps the server's sentence: better in English than not at all.
 */
type Sentence = (needed: string, tagSet: string) => string;

const french: Record<string, Sentence> = {
  policy: () => "Aucune habilitation publiée sous la politique de l’étiquette.",
  classification: (n) => `Il faut une habilitation ${n}.`,
  restrictive: (n) => `Il faut ${n}.`,
  permissive: (n, t) => `Il faut l’une des valeurs de « ${t} » : ${n}.`,
  "label-invalid": () => "L’étiquette n’est pas valide.",
  "no-clearance": () => "Aucune habilitation n’est publiée.",
  withdrawn: () => "L’entrée ou l’habilitation, vue auparavant, a disparu de l’annuaire.",
  unlisted: () => "Cette adresse n’est dans aucun annuaire.",
  "no-route": () => "Aucune route ne mène à ce domaine.",
  stale: () => "L’habilitation n’a pas été lue récemment.",
  "clearance-unreadable": () => "Une habilitation est publiée, mais elle est illisible.",
  "untrusted-channel": () => "L’habilitation a été lue par une liaison non protégée et ne compte pas.",
  ceiling: () => "Au-dessus de ce qu’une lecture non protégée peut accorder.",
  "system-high": (n) =>
    n ? `Cette installation ne peut pas détenir cela : il faut ${n}.` : "Cette installation ne peut pas détenir cela.",
  "not-bound": () => "L’expéditeur n’est pas une identité liée à l’utilisateur.",
  member: () => "Un membre ou titulaire ne peut pas le recevoir.",
  "membership-unknown": () => "La liste n’a pas pu être ouverte jusqu’au bout.",
  "directory-unreachable": () => "L’annuaire n’a pas pu être interrogé.",
  "no-address": () => "L’entrée n’a pas d’adresse sur ce canal.",
  "required-tag-set": (_n, t) => `L’administrateur exige une valeur de « ${t} ».`,
  "required-category": (n, t) => `Il faut choisir dans « ${t} »${n ? ` : ${n}` : ""}.`,
  "excluded-category": (n, t) => `${n || t} ne va pas avec cette étiquette.`,
  "excluded-class": () => "Ne va pas avec cette classification.",
  "required-class": (n) => `Il faut la classification ${n}.`,
  "selection-minimum": (_n, t) => `Trop peu de valeurs dans « ${t} ».`,
  "selection-maximum": (_n, t) => `Trop de valeurs dans « ${t} ».`,
  "classification-unknown": () => "Choisissez une classification.",
  obsolete: (n) => `${n} est obsolète pour les nouvelles étiquettes.`,
  "policy-not-in-force": () => "La politique n’est plus ou pas encore en vigueur.",
};

export const useReason = catalogue<(r: Reason) => string>({
  en: (r) => r.text,
  fr: (r) => {
    const values = (r.needed ?? []).join(", ");
    return french[r.rule]?.(values, r.tagSet ?? "") ?? r.text;
  },
});

/** The sentences that a note is made of and that are known here; the rest stays as the server says it. */
const frenchNotes: [RegExp, string][] = [
  [/As last read\./, "Selon la dernière lecture."],
  [/Membership as published at ([^.]+)\./, "Composition publiée à $1."],
];

/** useNote says what else is to be known of a verdict. */
export const useNote = catalogue<(note: string) => string>({
  en: (note) => note,
  fr: (note) => frenchNotes.reduce((said, [known, french]) => said.replace(known, french), note),
});
