import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { en, type Words } from "./en";
import { fr } from "./fr";

export type Language = "en" | "fr";

const catalogues: Record<Language, Words> = { en, fr };
const stored = "caveat-language";

export type Choice = { language: Language; words: Words; setLanguage: (l: Language) => void };

const Chosen = createContext<Choice>({ language: "en", words: en, setLanguage: () => undefined });

/** firstLanguage is what was set before, else the system's, else English. */
function firstLanguage(): Language {
  const set = localStorage.getItem(stored);
  if (set === "en" || set === "fr") return set;
  return navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en";
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(
    () => ({
      language,
      words: catalogues[language],
      setLanguage: (l: Language) => {
        localStorage.setItem(stored, l);
        setLanguage(l);
      },
    }),
    [language],
  );
  return <Chosen.Provider value={choice}>{children}</Chosen.Provider>;
}

/** useWords gives the words that all pages share. */
export function useWords(): Words {
  return useContext(Chosen).words;
}

/** Words of a shape, whatever they say: the compiler would else take each English sentence for a type of its own. */
type Shape<T> = T extends (...given: infer A) => string
  ? (...given: A) => string
  : T extends string
    ? string
    : { [K in keyof T]: Shape<T[K]> };

/** catalogue makes the hook for a feature's own words; the French ones have the shape of the English. */
export function catalogue<T>(words: { en: T; fr: NoInfer<Shape<T>> }): () => Shape<T> {
  return () => words[useContext(Chosen).language] as Shape<T>;
}

export function useLanguage(): Choice {
  return useContext(Chosen);
}
