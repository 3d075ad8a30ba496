import { catalogue } from "../../../words/language";

const number = (n: number, language: string) => n.toLocaleString(language);

/** The words of browsing the organisations. */
export const useBrowseWords = catalogue({
  en: {
    title: "Browse the book",
    tree: "Organisations",
    loading: "Reading the directories…",
    waiting: "reading…",
    noDirectories: "No directory is set up",
    noDirectoriesHint: "An administrator adds the nations’ directories, or you do under Directories.",
    choose: "Choose a unit",
    chooseHint:
      "The arrow keys go through the tree: right opens, left closes, letters lead to a name. Enter goes on into the list.",
    openHint: "Open it, and choose a unit.",
    noneInDirectory: "The local copy has nothing of this directory yet. Read it, or search and ask it.",
    inside: (name: string, n: number, total: number) =>
      n === total
        ? `${name}: ${number(n, "en")}`
        : `${name}: ${number(n, "en")} here, ${number(total, "en")} with all below`,
    total: (n: string, inPart: boolean) => (inPart ? `${n} or more` : n),
    inPart: (directory: string) => `the copy of ${directory} is only a part`,
    nobody: "Nobody stands directly here",
    nobodyHint: "Those of the units below are one step down in the tree.",
  },
  fr: {
    title: "Parcourir l’annuaire",
    tree: "Organismes",
    loading: "Lecture des annuaires…",
    waiting: "lecture…",
    noDirectories: "Aucun annuaire n’est configuré",
    noDirectoriesHint: "Un administrateur ajoute les annuaires des nations, ou vous-même sous «\u00A0Annuaires\u00A0».",
    choose: "Choisissez une unité",
    chooseHint:
      "Les flèches parcourent l’arbre : à droite pour ouvrir, à gauche pour fermer, les lettres mènent à un nom. La touche Entrée passe à la liste.",
    openHint: "Ouvrez-le et choisissez une unité.",
    noneInDirectory: "La copie locale n’a encore rien de cet annuaire. Lisez-le, ou cherchez en l’interrogeant.",
    inside: (name: string, n: number, total: number) =>
      n === total
        ? `${name} : ${number(n, "fr")}`
        : `${name} : ${number(n, "fr")} ici, ${number(total, "fr")} en comptant tout ce qui est dessous`,
    total: (n: string, inPart: boolean) => (inPart ? `${n} ou plus` : n),
    inPart: (directory: string) => `la copie de ${directory} n’est qu’une partie`,
    nobody: "Personne directement ici",
    nobodyHint: "Ceux des unités inférieures sont un niveau plus bas dans l’arbre.",
  },
});
