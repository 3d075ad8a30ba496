import { Link } from "wouter";
import classes from "./page.module.css";

type Props<Part extends string> = {
  /** Of what they are parts. */
  label: string;
  parts: Readonly<Record<Part, string>>;
  words: Readonly<Record<Part, string>>;
  here: Part;
};

/** Sections lead from one part of a page to the others. */
export function Sections<Part extends string>({ label, parts, words, here }: Props<Part>) {
  return (
    <nav className={classes.sections} aria-label={label}>
      {(Object.keys(parts) as Part[]).map((name) => (
        <Link key={name} href={parts[name]} aria-current={name === here ? "page" : undefined}>
          {words[name]}
        </Link>
      ))}
    </nav>
  );
}
