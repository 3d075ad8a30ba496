import { catalogue } from "../../../words/language";

/** The words of the fields of a military message. */
export const useMilitaryWords = catalogue({
  en: {
    title: "Military",
    open: "Military fields",
    none: "Nothing set",
    action: (p: string) => `Action ${p}`,
    info: (p: string) => `Info ${p}`,
    sicShort: (list: string) => `SIC ${list}`,
    reference: (text: string) => `Ref ${text}`,
    fields: {
      primaryPrecedence: "Precedence (action)",
      copyPrecedence: "Precedence (info)",
      sic: "Subject indicator codes",
      messageType: "Message type",
      originatorReference: "Originator’s reference",
      handling: "Handling instructions",
    },
    identifier: "Name of the exercise or operation",
    several: "Several are separated by commas",
    codes: "Each has 3 to 8 capital letters A to Z and digits; several are separated by commas",
    notSet: "Not set",
    precedence: {
      deferred: "Deferred",
      routine: "Routine",
      priority: "Priority",
      immediate: "Immediate",
      flash: "Flash",
      override: "Override",
    } as Record<string, string>,
    type: {
      exercise: "Exercise",
      operation: "Operation",
      project: "Project",
      drill: "Drill",
    } as Record<string, string>,
    wrong: (detail: string) => `Not accepted: ${detail}`,
  },
  fr: {
    title: "Militaire",
    open: "Champs militaires",
    none: "Rien de fixé",
    action: (p: string) => `Urgence action ${p}`,
    info: (p: string) => `Urgence info ${p}`,
    sicShort: (list: string) => `Indicateurs ${list}`,
    reference: (text: string) => `Réf. ${text}`,
    fields: {
      primaryPrecedence: "Urgence (action)",
      copyPrecedence: "Urgence (info)",
      sic: "Indicateurs d’objet (SIC)",
      messageType: "Type de message",
      originatorReference: "Référence de l’expéditeur",
      handling: "Consignes de traitement",
    },
    identifier: "Nom de l’exercice ou de l’opération",
    several: "Séparez-les par des virgules",
    codes: "Chacun a 3 à 8 majuscules A à Z et chiffres ; séparez-les par des virgules",
    notSet: "Non fixé",
    precedence: {
      deferred: "Différé",
      routine: "Ordinaire",
      priority: "Prioritaire",
      immediate: "Immédiat",
      flash: "Éclair",
      override: "Suprême",
    },
    type: { exercise: "Exercice", operation: "Opération", project: "Projet", drill: "Entraînement" },
    wrong: (detail: string) => `Refusé : ${detail}`,
  },
});

export type MilitaryWords = ReturnType<typeof useMilitaryWords>;
