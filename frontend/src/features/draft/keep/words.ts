import type { DraftCopy } from "../../../api/types";
import { catalogue } from "../../../words/language";

type States = Record<Exclude<DraftCopy["state"], "none">, (mailbox: string) => string>;

/** The words of a draft's copy in the mailbox of whoever writes it. */
export const useKeepWords = catalogue({
  en: {
    keep: "Keep a copy in the mailbox",
    again: "Renew the copy in the mailbox",
    keeping: "Asking for the copy…",
    hint: "Other mail programs can go on with it there. It is checked first: no mailbox gets what it may not hold.",
    needsLabel: "First choose a label: without one the draft does not leave this machine.",
    blocked: "No copy was made: the mailbox may not hold this draft.",
    failed: "No copy was made",
    states: {
      queued: (box) => `A copy goes to the mailbox ${box}`,
      sending: (box) => `A copy goes to the mailbox ${box}`,
      "body-sent": (box) => `A copy goes to the mailbox ${box}`,
      accepted: (box) => `A copy lies in the mailbox ${box}`,
      refused: (box) => `The mailbox ${box} did not take the copy`,
      deferred: (box) => `The copy is not in the mailbox ${box} yet: it is tried again`,
      dropped: (box) => `No copy was put into the mailbox ${box}`,
      removing: (box) => `The copy is being taken out of the mailbox ${box}`,
      removed: (box) => `The copy was taken out of the mailbox ${box}`,
      left: (box) => `The copy is still in the mailbox ${box}: it could not be taken out`,
    } as States,
    asOf: (time: string) => `as of ${time}; later changes are not in it`,
    left: "An earlier copy is still there:",
  },
  fr: {
    keep: "Garder une copie dans la boîte",
    again: "Renouveler la copie dans la boîte",
    keeping: "Demande de la copie…",
    hint: "D’autres logiciels peuvent l’y reprendre. Un contrôle précède : aucune boîte ne reçoit ce qu’elle ne peut pas détenir.",
    needsLabel: "Choisissez d’abord une étiquette : sans elle, le brouillon ne quitte pas cette machine.",
    blocked: "Aucune copie n’a été faite : la boîte ne peut pas détenir ce brouillon.",
    failed: "Aucune copie n’a été faite",
    states: {
      queued: (box) => `Une copie va dans la boîte « ${box} »`,
      sending: (box) => `Une copie va dans la boîte « ${box} »`,
      "body-sent": (box) => `Une copie va dans la boîte « ${box} »`,
      accepted: (box) => `Une copie se trouve dans la boîte « ${box} »`,
      refused: (box) => `La boîte « ${box} » n’a pas pris la copie`,
      deferred: (box) => `La copie n’est pas encore dans la boîte « ${box} » : un nouvel essai aura lieu`,
      dropped: (box) => `Aucune copie n’a été mise dans la boîte « ${box} »`,
      removing: (box) => `La copie est en cours de retrait de la boîte « ${box} »`,
      removed: (box) => `La copie a été retirée de la boîte « ${box} »`,
      left: (box) => `La copie est encore dans la boîte « ${box} » : elle n’a pas pu être retirée`,
    } as States,
    asOf: (time: string) => `état de ${time} ; les changements suivants n’y sont pas`,
    left: "Une copie antérieure s’y trouve encore :",
  },
});
