import { catalogue } from "../../../words/language";

/** The words of portion-marked paragraphs. */
export const usePortionWords = catalogue({
  en: {
    toggle: "Portion marks",
    toggleHint: "Each paragraph bears a mark of its own",
    list: "Paragraphs",
    paragraph: (n: number, mark: string) => `Paragraph ${n}, ${mark}`,
    mark: (n: number, mark: string) => `Mark of paragraph ${n}: ${mark}`,
    unmarked: "not marked",
    foreign: "marked elsewhere",
    short: "mark",
    title: (n: number) => `Mark of paragraph ${n}`,
    done: "Done",
    lose: (n: number) =>
      n === 1 ? "One paragraph’s mark differs from the label." : `${n} paragraphs’ marks differ from the label.`,
    loseMeans: "Without portion marks all of the text stands under the label of the message.",
    off: "Take the marks off",
    keep: "Keep them",
    isOff: "Portion marks taken off",
    undo: "Undo",
    need: (n: number) => `First mark paragraph ${n}.`,
  },
  fr: {
    toggle: "Marques de paragraphe",
    toggleHint: "Chaque paragraphe porte sa propre marque",
    list: "Paragraphes",
    paragraph: (n: number, mark: string) => `Paragraphe ${n}, ${mark}`,
    mark: (n: number, mark: string) => `Marque du paragraphe ${n} : ${mark}`,
    unmarked: "sans marque",
    foreign: "marqué ailleurs",
    short: "marque",
    title: (n: number) => `Marque du paragraphe ${n}`,
    done: "Terminé",
    lose: (n: number) =>
      n < 2
        ? "La marque d’un paragraphe diffère de l’étiquette."
        : `Les marques de ${n} paragraphes diffèrent de l’étiquette.`,
    loseMeans: "Sans ces marques, tout le texte est sous l’étiquette du message.",
    off: "Retirer les marques",
    keep: "Les garder",
    isOff: "Marques de paragraphe retirées",
    undo: "Annuler",
    need: (n: number) => `Marquez d’abord le paragraphe ${n}.`,
  },
});

export type PortionWords = ReturnType<typeof usePortionWords>;
