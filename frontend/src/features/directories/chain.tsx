import type { Chain } from "../../api/types";
import { useLanguage } from "../../words/language";
import { longDate } from "../../words/time";
import classes from "./directories.module.css";
import { useStepWords } from "./words-steps";

/** Certificates are what a server showed, its own first, with what can be compared by another way. */
export function Certificates({ chain }: { chain: Chain }) {
  const words = useStepWords();
  const { language } = useLanguage();
  if (chain.length === 0) return null;
  return (
    <ol className={classes.chain} aria-label={words.chain}>
      {chain.map((c) => (
        <li key={c.sha256}>
          <strong>{c.root ? words.root : c.ca ? words.issuing : words.own}</strong> {commonName(c.subject)}
          <p className={classes.small}>{words.issuedBy(commonName(c.issuer))}</p>
          <p className={classes.small}>
            {words.valid(longDate(c.notBefore, language), longDate(c.notAfter, language))}
          </p>
          <p className={classes.small}>
            {words.fingerprint} <span className="mono">{grouped(c.sha256)}</span>
          </p>
        </li>
      ))}
    </ol>
  );
}

/** commonName is the name by which people call whom a certificate is of: its CN, or all of it where it has none. */
export function commonName(subject: string): string {
  return /(?:^|,)CN=((?:\\.|[^,\\])+)/.exec(subject)?.[1]?.replaceAll("\\", "") ?? subject;
}

/** grouped writes a fingerprint so that it can be read out. */
const grouped = (hex: string) =>
  hex
    .toUpperCase()
    .match(/.{1,4}/g)
    ?.join(" ") ?? hex;
