import { catalogue } from "../../../words/language";

const en = (n: number) => n.toLocaleString("en");
const fr = (n: number) => n.toLocaleString("fr");

/** The words of the block at Send that are not those of the check. */
export const useBlockWords = catalogue({
  en: {
    changed: (n: number) => `Changed since you wrote it (${en(n)})`,
    others: (n: number) => `As it was while you wrote (${en(n)})`,
    nothingChanged: "Nobody’s outcome has changed since you wrote it.",
    parts: "The label of a paragraph or attachment stands in the way.",
    thresholds: "More recipients than a rule of the installation allows.",
    senderWarned:
      "Your administrator allows sending although your own clearance was not read lately, if you give a reason. It is recorded.",
    senderReason: "Why it must be sent all the same",
    limitWarned: "Your administrator allows going past this limit, if you give a reason. It is recorded.",
    limitReason: (name: string) => `Why so many must get it (rule ${name})`,
  },
  fr: {
    changed: (n: number) => `Changé depuis la rédaction (${fr(n)})`,
    others: (n: number) => `Comme pendant la rédaction (${fr(n)})`,
    nothingChanged: "Aucun résultat n’a changé depuis la rédaction.",
    parts: "L’étiquette d’un paragraphe ou d’une pièce jointe fait obstacle.",
    thresholds: "Plus de destinataires qu’une règle de l’installation n’en admet.",
    senderWarned:
      "L’administrateur permet l’envoi bien que votre habilitation n’ait pas été lue récemment, si vous donnez un motif. Il est enregistré.",
    senderReason: "Pourquoi il faut tout de même l’envoyer",
    limitWarned: "L’administrateur permet de dépasser cette limite si vous donnez un motif. Il est enregistré.",
    limitReason: (name: string) => `Pourquoi autant doivent le recevoir (règle ${name})`,
  },
});
