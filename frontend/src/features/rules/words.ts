import { catalogue } from "../../words/language";

/** The words of the page Rules. */
export const useRuleWords = catalogue({
  en: {
    title: "Rules",
  },
  fr: {
    title: "Règles",
  },
});
