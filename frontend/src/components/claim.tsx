import type { SentClaim } from "../api/types";
import { catalogue, useLanguage } from "../words/language";
import { dtg, longTime } from "../words/time";
import classes from "./claim.module.css";

type Kind = SentClaim["kind"];

export const useClaimWords = catalogue({
  en: {
    kinds: {
      delivered: "Delivered",
      relayed: "Passed on to a server that reports no further",
      expanded: "Passed on to the members of a list",
      delayed: "Delayed, still tried",
      failed: "Not delivered",
      read: "Read",
      deleted: "Deleted unread",
      other: "Reported",
    } as Record<Kind, string>,
    says: (reporter: string) => `says ${reporter}`,
    saysIn: (reporter: string, from: string) => `says ${reporter}, in a mail from ${from}`,
    nobody: "does not say who",
    automatic: "by a program, not by a person",
    unproven: "As reported: nothing proves it.",
  },
  fr: {
    kinds: {
      delivered: "Remis",
      relayed: "Transmis à un serveur qui n’en dit pas plus",
      expanded: "Transmis aux membres d’une liste",
      delayed: "Retardé, encore tenté",
      failed: "Non remis",
      read: "Lu",
      deleted: "Supprimé sans lecture",
      other: "Signalé",
    },
    says: (reporter: string) => `selon ${reporter}`,
    saysIn: (reporter: string, from: string) => `selon ${reporter}, dans un courriel de ${from}`,
    nobody: "sans auteur nommé",
    automatic: "par un programme, sans personne",
    unproven: "Selon ce qui est signalé : rien ne le prouve.",
  },
});

/** saysWho is who says so: the report's own words, and where it came from somebody else, from whom. Either may be made up. */
function saysWho({ reporter, from }: SentClaim, words: ReturnType<typeof useClaimWords>): string {
  if (reporter && from && reporter.toLowerCase() !== from.toLowerCase()) return words.saysIn(reporter, from);
  return reporter || from ? words.says(reporter || from || "") : words.nobody;
}

/** Claim is what somebody reported about a recipient, with who says so: nothing proves it. */
export function Claim({ claim: c }: { claim: SentClaim }) {
  const words = useClaimWords();
  const { language } = useLanguage();
  // A code that only says "success" tells nobody more than the word does.
  const said = c.text || !c.status?.startsWith("2.") ? [c.status, c.text].filter(Boolean).join(" ") : "";
  return (
    <div className={classes.claim} data-kind={c.kind}>
      <p>
        <strong>{words.kinds[c.kind]}</strong>{" "}
        <time dateTime={c.at} title={dtg(c.at)}>
          {longTime(c.at, language)}
        </time>
        , {saysWho(c, words)}
        {c.automatic ? ` (${words.automatic})` : ""}
      </p>
      {said ? <p className={`mono ${classes.text}`}>{said}</p> : null}
    </div>
  );
}
