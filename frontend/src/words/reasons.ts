import type { Reason } from "../api/types";
import { catalogue } from "./language";

/**
 * The server says each reason in English; in another language the sentence is made here, from the rule and what is needed.
 * A rule that is not here keeps the server's sentence: better in English than not at all.
 */
type Sentence = (needed: string, tagSet: string, text: string) => string;

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
  "malformed-address": () => "Ce n’est pas une adresse : elle a la forme nom@domaine.",
  "no-address": (_n, _t, text) =>
    text.startsWith("Members ")
      ? "Un membre n’a pas d’adresse sur ce canal à laquelle écrire."
      : "L’entrée n’a pas d’adresse sur ce canal.",
  "nobody-to-write-to": () => "On écrit à chaque membre de la liste, et il n’y a personne à qui écrire.",
  "required-tag-set": (_n, t) => `L’administrateur exige une valeur de « ${t} ».`,
  "required-category": (n, t) => `Il faut choisir dans « ${t} »${n ? ` : ${n}` : ""}.`,
  "excluded-category": (n, t) => `${n || t} ne va pas avec cette étiquette.`,
  "excluded-class": () => "Ne va pas avec cette classification.",
  "required-class": (n) => `Il faut la classification ${n}.`,
  "selection-minimum": (_n, t) => `Trop peu de valeurs dans « ${t} ».`,
  "selection-maximum": (_n, t) => `Trop de valeurs dans « ${t} ».`,
  "classification-unknown": () => "Choisissez une classification.",
  obsolete: (n) => (n ? `${n} est obsolète pour les nouvelles étiquettes.` : "Une valeur est obsolète."),
  "policy-not-in-force": () => "La politique n’est plus ou pas encore en vigueur.",
  "no-label": () => "Il n’y a pas d’étiquette.",
  "directory-error": () => "L’annuaire publie plusieurs habilitations sous une même politique.",
  "part-above-label": () => "Un paragraphe ou une pièce jointe est au-dessus de l’étiquette du message.",
  "inherited-label": () =>
    "L’étiquette est moins restrictive que celle du message auquel on répond ou que l’on transmet.",
  "inherited-unreadable": () => "L’étiquette du message auquel on répond ou que l’on transmet est illisible.",
  "part-unreadable": (_n, _t, text) => `L’étiquette ${ofPart(text)} est illisible.`,
  "part-invalid": (_n, t, text) => `L’étiquette ${ofPart(text)} n’est pas valide${t ? ` (« ${t} »)` : ""}.`,
  "part-not-cleared": (n, t, text) =>
    `Pour ${part(text) || "une partie"} : ${n ? `il faut ${n}` : "pas habilité"}${t ? ` (« ${t} »)` : ""}.`,
  "server-without-labels": (_n, _t, text) => {
    const server = /^(\S+) does not understand labels/.exec(text)?.[1];
    return `${server ? `Le serveur ${server}` : "Un serveur en chemin"} ne comprend pas les étiquettes : le message arriverait sans la sienne.`;
  },
  "catalogue-restricted": () =>
    "Le catalogue du serveur n’a pas cette étiquette, et rien d’autre ne peut y être envoyé.",
  "catalogue-item": () => "L’étiquette du catalogue du serveur dit autre chose que celle du message.",
  "catalogue-item-unreadable": () => "L’étiquette du catalogue du serveur est illisible.",
  "nodes-unlisted": () => "Le salon est fédéré, et tous ses nœuds ne sont pas connus.",
  inactive: () => "L’annuaire dit que l’entrée n’est plus en service.",
  capability: (_n, _t, text) => capabilities.find(([known]) => known.test(text))?.[1] ?? text,
  "asker-not-cleared": (_n, _t, text) =>
    text.includes("not known")
      ? "Non communiqué : on ne sait pas si votre propre habilitation permet cette étiquette."
      : "Non communiqué : votre propre habilitation ne permet pas cette étiquette.",
  "mailbox-not-cleared": () => "L’habilitation de la boîte aux lettres ne permet pas cette étiquette.",
  "mailbox-without-clearance": () => "La boîte aux lettres n’a pas d’habilitation : rien n’y est copié.",
  "mailbox-not-yours": () => "Cette boîte aux lettres n’est pas celle de l’expéditeur.",
  "originator-not-cleared": () => "On ne sait pas si l’expéditeur est habilité pour cette étiquette.",
  "labels-not-understood": () => "Le système de ce destinataire ne comprend pas les étiquettes.",
  "tag-set-unknown": (_n, t) => `${t ? `« ${t} »` : "Une catégorie"} n’est pas de la politique.`,
  "value-unknown": (_n, t) => `Une valeur${t ? ` de « ${t} »` : ""} n’est pas de la politique.`,
  "value-twice": (_n, t) => `Une valeur${t ? ` de « ${t} »` : ""} figure deux fois.`,
  "category-empty": (_n, t) => `${t ? `« ${t} »` : "Une catégorie"} est nommée sans valeur.`,
  "identifier-mismatch": (_n, t) =>
    `L’identifiant de ${t ? `« ${t} »` : "la catégorie"} n’est pas celui de la politique.`,
  "user-input": (_n, t) => `La saisie${t ? ` pour « ${t} »` : ""} n’est pas admise.`,
  validity: () => "Une valeur n’est pas valable à cette date.",
  "privacy-mark": () => "La mention de confidentialité n’est pas de la politique.",
  "order-policy": () => "Les étiquettes ne peuvent pas être comparées.",
  "order-classification": (n) => (n ? `La classification est inférieure à ${n}.` : "La classification est inférieure."),
  "order-restrictive": (n, t) => `Il manque ${n || "une valeur"}${t ? ` de « ${t} »` : ""}.`,
  "order-permissive": (n, t) => `Il faut ${t ? `« ${t} »` : "la catégorie"}${n ? `, sans autre valeur que ${n}` : ""}.`,
  "translation-policy": () => "Les politiques ne nomment pas d’équivalence.",
  "translation-label": () => "L’étiquette ne relève pas de la politique.",
  "translation-classification": () => "La classification n’a pas d’équivalent, ou en a plusieurs.",
  "translation-value": (_n, t) => `Une valeur${t ? ` de « ${t} »` : ""} n’a pas d’équivalent, ou en a plusieurs.`,
  "translation-target": () => "L’équivalence nomme ce que l’autre politique n’a pas.",
  "translation-choice": () => "L’équivalence laisse ouverte la valeur à choisir.",
  "translation-demand": () => "L’équivalence exige ce que l’autre politique n’a pas.",
};

/** part is which paragraph or attachment the program's sentence is about; "" where it names none. */
function part(text: string): string {
  const paragraph = /\bparagraph (\d+)/i.exec(text)?.[1];
  if (paragraph) return `le paragraphe ${paragraph}`;
  const file = /\battachment (?:\d+ )?\(?["“]?([^"”):]+)["”]?\)?/i.exec(text)?.[1];
  return file ? `la pièce jointe ${file.trim()}` : "";
}

const ofPart = (text: string) => (part(text) ? `de ${part(text)}`.replace("de le ", "du ") : "d’une partie");

/** What a recipient cannot take, by the beginning of the program's sentence. */
const capabilities: [RegExp, string][] = [
  [/^Takes messages of at most/, "Ce message est plus long que ce que ce destinataire peut recevoir."],
  [/^Takes no attachments/, "N’accepte pas de pièces jointes."],
  [/^Does not understand military fields/, "Ne comprend pas les champs militaires de ce message."],
  [/^Cannot receive now/, "Ne peut rien recevoir actuellement (contrôle des émissions)."],
];

/** What a link does not carry; that, unlike what a person holds, anybody may know (RULES 19 is about persons). */
const linkFrench: Record<string, Sentence> = {
  policy: () => "ne transporte pas d’étiquettes de cette politique",
  classification: (n) => (n ? `ne transporte pas ${n}` : "ne transporte pas cette classification"),
  restrictive: (n) => `ne transporte pas ${n || "cette catégorie"}`,
  "part-not-cleared": (n, _t, text) => `ne transporte pas ${n || "l’étiquette"} (${part(text) || "une partie"})`,
  permissive: (n, t) => `ne mène à personne parmi « ${t} »${n ? ` : ${n}` : ""}`,
};

const linkEnglish: Record<string, Sentence> = {
  policy: () => "carries no labels of this policy",
  classification: (n) => (n ? `does not carry ${n}` : "does not carry this classification"),
  restrictive: (n) => `does not carry ${n || "this category"}`,
  "part-not-cleared": (n, _t, text) =>
    `does not carry ${n || "the label"} of ${/For (.+?):/.exec(text)?.[1] ?? "a part"}`,
  permissive: (n, t) => `leads to none of “${t}”${n ? `: ${n}` : ""}`,
};

export const useReason = catalogue<(r: Reason) => string>({
  en: (r) => r.text,
  fr: (r) => {
    const values = (r.needed ?? []).join(", ");
    return french[r.rule]?.(values, r.tagSet ?? "", r.text) ?? r.text;
  },
});

/** useLinkReason says what a link, by its name, does not carry; what stops the way otherwise is said as for persons. */
export const useLinkReason = catalogue<(r: Reason, link: string) => string>({
  en: (r, link) => {
    const said = linkEnglish[r.rule]?.((r.needed ?? []).join(", "), r.tagSet ?? "", r.text);
    return said ? `The link ${linkIn(r) || link} ${said}.` : r.text;
  },
  fr: (r, link) => {
    const values = (r.needed ?? []).join(", ");
    const said = linkFrench[r.rule]?.(values, r.tagSet ?? "", r.text);
    if (said) return `Le lien ${linkIn(r) || link} ${said}.`;
    return french[r.rule]?.(values, r.tagSet ?? "", r.text) ?? r.text;
  },
});

/** linkIn finds in the program's sentence which link of a way of several it is about. */
function linkIn(r: Reason): string {
  return /^The link (\S+) does not carry/.exec(r.text)?.[1] ?? "";
}

/** Sentences of which only the text is given, and what they are in French. */
const frenchTexts: [RegExp, string][] = [
  [/^Needs a clearance under policy (.+)\.$/, "Exige une habilitation sous la politique $1."],
  [/^Needs (.+) or higher\.$/, "Exige $1 ou plus haut."],
  [/^Needs (.+)\.$/, "Exige $1."],
  [/^No clearance is published\.$/, "Aucune habilitation n’est publiée."],
  [/^A clearance is published that cannot be read\.$/, "Une habilitation est publiée, mais elle est illisible."],
  [/^There is no \S+ route to (\S+)\.$/, "Aucune route ne mène à $1."],
  [/^No directory that decides for this address lists it\.$/, "Cette adresse n’est dans aucun annuaire."],
  [
    /^the room has shown it, but not with the label.*$/i,
    "Le salon l’a montré, mais pas avec l’étiquette avec laquelle il est parti.",
  ],
  [
    /^It came without a label, and messages here have one\.$/,
    "Arrivé sans étiquette, alors que les messages ici en ont une.",
  ],
  [
    /^It wants to stand in place of an earlier message and has another label: both are shown\.$/,
    "Cette correction a une autre étiquette que ce qu’elle corrige : les deux sont montrés.",
  ],
  [/^Was published before and has been withdrawn\.$/, "L’entrée, vue auparavant, a disparu de l’annuaire."],
];

/** What a link does not carry, of which the program says what a person would need. */
const ofLink = /^The link (\S+) does not carry this label\. Needs (.+)\.$/;

/** useReasonText says a reason of which the program gives only the sentence. */
export const useReasonText = catalogue<(text: string) => string>({
  en: (text) => text.replace(ofLink, "The link $1 does not carry $2."),
  fr: (text) => {
    if (ofLink.test(text)) return text.replace(ofLink, "Le lien $1 ne transporte pas $2.");
    const found = frenchTexts.find(([known]) => known.test(text));
    return found ? text.replace(found[0], found[1]) : text;
  },
});

/** The sentences that a note is made of and that are known here; the rest stays as the server says it. */
const frenchNotes: [RegExp, string][] = [
  [
    /Whether the servers on the way take this label could not be asked yet; it is asked before the message leaves:/,
    "Si les serveurs en chemin acceptent cette étiquette n’a pas encore pu être demandé ; ce le sera avant l’envoi :",
  ],
  [/As last read\./, "Selon la dernière lecture."],
  [/^The mailbox is not cleared for it\./, "La boîte aux lettres n’est pas habilitée pour cela."],
  [/\bNeeds ([^.]+)\./, "Il faut $1."],
  [/^kept in (.+)$/, "gardée dans « $1 »"],
  [/^route own network$/, "route : notre réseau"],
  [/Membership as published at ([^.]+)\./, "Composition publiée à $1."],
];

/** useNote says what else is to be known of a verdict. */
export const useNote = catalogue<(note: string) => string>({
  en: (note) => note,
  fr: (note) => frenchNotes.reduce((said, [known, french]) => said.replace(known, french), note),
});
