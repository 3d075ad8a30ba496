import { catalogue } from "../../../words/language";

/** The words of saving a draft as a template. */
export const useTemplateWords = catalogue({
  en: {
    open: "Save as template",
    title: "Save as a template",
    name: "Name of the template",
    means: "Recipients, label, text and fields are kept in it. Find it under Drafts.",
    save: "Save the template",
    replace: "Replace the template of this name",
    saved: (name: string) => `Saved as the template ${name}`,
  },
  fr: {
    open: "Garder comme modèle",
    title: "Garder comme modèle",
    name: "Nom du modèle",
    means: "Il garde destinataires, étiquette, texte et champs. Vous le trouverez sous Brouillons.",
    save: "Garder le modèle",
    replace: "Remplacer le modèle de ce nom",
    saved: (name: string) => `Gardé comme modèle ${name}`,
  },
});
