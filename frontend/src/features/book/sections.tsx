import { Link, useLocation } from "wouter";
import classes from "./book.module.css";
import { useBookWords } from "./words";

/** Places of the book's parts. Ids of entries always have a colon, addresses a sign of theirs: none is one of these words. */
export const parts = {
  search: "/book",
  browse: "/book/browse",
  own: "/book/own",
  receive: "/book/receive",
} as const;

export type Part = keyof typeof parts;

const names = Object.keys(parts) as Part[];

/** partOf tells which part a path belongs to. */
export function partOf(path: string): Part {
  const name = path.split("/")[2] ?? "";
  return names.find((n) => n !== "search" && n === name) ?? "search";
}

/** Sections lead from one part of the book to the others. */
export function Sections() {
  const { parts: words, title } = useBookWords();
  const [path] = useLocation();
  const here = partOf(path);
  return (
    <nav className={classes.sections} aria-label={title}>
      {names.map((name) => (
        <Link key={name} href={parts[name]} aria-current={name === here ? "page" : undefined}>
          {words[name]}
        </Link>
      ))}
    </nav>
  );
}
