import { catalogue } from "../../words/language";

/** The words of the page Policies. */
export const usePolicyWords = catalogue({
  en: {
    title: "Policies",
  },
  fr: {
    title: "Politiques",
  },
});
