import { catalogue } from "../../words/language";

/** The words of a clearance that an administrator gives: of a link, a mailbox, a ceiling. */
export const useClearanceWords = catalogue({
  en: {
    upTo: "Up to",
    choose: "Choose a classification",
    none: "nothing",
    classes: (names: string) => `Exactly: ${names}`,
    asXML: "It stands in the installation file as XML. Choosing here puts something else in its place.",
    anew: "Choose anew",
  },
  fr: {
    upTo: "Jusqu’à",
    choose: "Choisissez une classification",
    none: "rien",
    classes: (names: string) => `Exactement : ${names}`,
    asXML: "Elle figure en XML dans le fichier d’installation. Choisir ici la remplace.",
    anew: "Choisir de nouveau",
  },
});
