import { catalogue } from "../../words/language";

/** The words of the page Accounts. */
export const useAccountWords = catalogue({
  en: {
    title: "Accounts",
  },
  fr: {
    title: "Comptes",
  },
});
