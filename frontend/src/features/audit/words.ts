import { catalogue } from "../../words/language";

/** The words of the page Audit. */
export const useAuditWords = catalogue({
  en: {
    title: "Audit",
  },
  fr: {
    title: "Journal d’audit",
  },
});
