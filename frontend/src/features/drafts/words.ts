import { catalogue } from "../../words/language";

export const useDraftsWords = catalogue({
  en: {
    title: "Drafts",
    loading: "Reading the drafts…",
    emptyTitle: "No drafts",
    emptyText:
      "A draft is kept as you type it, on this machine only. Give it a label, choose recipients from all nations, and see at once who may get it.",
    create: "New draft",
    untitled: "No subject",
    noText: "No text yet",
    noLabel: "No label",
    recipients: (n: number) => (n === 0 ? "no recipient" : n === 1 ? "1 recipient" : `${n} recipients`),
    remove: (subject: string) => `Delete the draft “${subject}”`,
    removed: "Draft deleted",
    notRemoved: "The draft could not be deleted",
    notRestored: "The draft could not be brought back yet",
    undo: "Undo",
  },
  fr: {
    title: "Brouillons",
    loading: "Lecture des brouillons…",
    emptyTitle: "Aucun brouillon",
    emptyText:
      "Un brouillon est gardé pendant la saisie, sur cette machine seulement. Donnez-lui une étiquette, choisissez des destinataires de toutes les nations et voyez aussitôt qui peut le recevoir.",
    create: "Nouveau brouillon",
    untitled: "Sans objet",
    noText: "Pas encore de texte",
    noLabel: "Sans étiquette",
    recipients: (n: number) => (n === 0 ? "aucun destinataire" : n === 1 ? "1 destinataire" : `${n} destinataires`),
    remove: (subject: string) => `Supprimer le brouillon « ${subject} »`,
    removed: "Brouillon supprimé",
    notRemoved: "Le brouillon n’a pas pu être supprimé",
    notRestored: "Le brouillon n’a pas encore pu être rétabli",
    undo: "Annuler",
  },
});
