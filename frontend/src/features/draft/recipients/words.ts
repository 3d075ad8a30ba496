import { catalogue } from "../../../words/language";

const en = (n: number) => n.toLocaleString("en");
const fr = (n: number) => n.toLocaleString("fr");
const people = (n: number) => (n === 1 ? "1 recipient" : `${en(n)} recipients`);
const destinataires = (n: number) => (n < 2 ? `${fr(n)} destinataire` : `${fr(n)} destinataires`);
const members = (n: number) => (n === 1 ? "1 member" : `${en(n)} members`);
const membres = (n: number) => (n < 2 ? `${fr(n)} membre` : `${fr(n)} membres`);

/** The words of the recipient fields: chips, what can be done with one, long lists, groups opened in place. */
export const useRecipientWords = catalogue({
  en: {
    notFor: (reasons: string) => `not cleared for this label: ${reasons}`,
    unsureFor: (reasons: string) => `cannot be checked for this label: ${reasons}`,
    clearedFor: "cleared for this label",
    behind: "whoever is behind it is checked too",
    also: (addresses: string) => `Also reached by ${addresses}`,
    by: (address: string) => `then ${address}`,
    menu: (name: string) => `What can be done with ${name}`,
    moveTo: (field: string) => `Move to ${field}`,
    moved: (name: string, field: string) => `${name} is now under ${field}`,
    drop: (field: string) => `Drop here for ${field}`,
    open: "Show who is in it",
    toBook: "Show in the book",
    remove: "Remove",
    undo: "Undo",
    and: (n: number) => `and ${en(n)} more`,
    all: (n: number, field: string) => `${people(n)} under ${field}`,
    find: "Find among them",
    only: "Only who is not cleared",
    none: "Nobody here is called so.",
    shown: (n: number) => `${en(n)} shown`,
    close: "Close",
    twice: (n: number, names: string) =>
      n === 1 ? `Already there, not added again: ${names}` : `${en(n)} were already there, not added again: ${names}`,
    added: (n: number) => `${people(n)} added`,
    opened: {
      title: (name: string) => `Who is in ${name}`,
      reading: "Opening the group…",
      members: (n: number) => members(n),
      nobody: "It publishes nobody who has an address here.",
      replace: (n: number) => `Put ${members(n)} in its place`,
      replaceKnown: (n: number) => `Put only the ${en(n)} known in its place`,
      incomplete: "It could not be opened to the end. There are more than these.",
      unreachable: (n: number) => `${members(n)} cannot be reached by address:`,
      replaced: (name: string, n: number) => `${name} was replaced by ${members(n)}`,
    },
  },
  fr: {
    notFor: (reasons: string) => `non habilité pour cette étiquette : ${reasons}`,
    unsureFor: (reasons: string) => `contrôle impossible pour cette étiquette : ${reasons}`,
    clearedFor: "habilité pour cette étiquette",
    behind: "ses membres sont contrôlés aussi",
    also: (addresses: string) => `Atteint aussi par ${addresses}`,
    by: (address: string) => `puis ${address}`,
    menu: (name: string) => `Que faire de ${name}`,
    moveTo: (field: string) => `Déplacer vers ${field}`,
    moved: (name: string, field: string) => `${name} est désormais sous ${field}`,
    drop: (field: string) => `Déposer ici pour ${field}`,
    open: "Afficher les membres",
    toBook: "Afficher dans l’annuaire",
    remove: "Retirer",
    undo: "Annuler",
    and: (n: number) => `et ${fr(n)} de plus`,
    all: (n: number, field: string) => `${destinataires(n)} sous ${field}`,
    find: "Chercher parmi eux",
    only: "Seulement les non habilités",
    none: "Personne ici ne porte ce nom.",
    shown: (n: number) => (n < 2 ? `${fr(n)} affiché` : `${fr(n)} affichés`),
    close: "Fermer",
    twice: (n: number, names: string) =>
      n === 1 ? `Déjà présent, non ajouté : ${names}` : `${fr(n)} déjà présents, non ajoutés : ${names}`,
    added: (n: number) => (n < 2 ? `${destinataires(n)} ajouté` : `${destinataires(n)} ajoutés`),
    opened: {
      title: (name: string) => `Membres de ${name}`,
      reading: "Ouverture du groupe…",
      members: (n: number) => membres(n),
      nobody: "Le groupe ne publie personne qui ait une adresse ici.",
      replace: (n: number) => `Mettre ${membres(n)} à sa place`,
      replaceKnown: (n: number) => `Ne mettre à sa place que les ${fr(n)} connus`,
      incomplete: "Le groupe n’a pas pu être ouvert jusqu’au bout. Il compte d’autres membres.",
      unreachable: (n: number) => `${membres(n)} sans adresse :`,
      replaced: (name: string, n: number) => `${name} est remplacé par ${membres(n)}`,
    },
  },
});

export type RecipientWords = ReturnType<typeof useRecipientWords>;
