import { Link, useLocation } from "wouter";
import { useRoles } from "../../api/queries";
import classes from "./directories.module.css";
import { useDirectoryWords } from "./words";

/** Places of the directories' parts. */
export const parts = { directories: "/admin/directories", nations: "/admin/nations" } as const;

/** Sections lead from the directories to the nations behind them, for those who may see what links are cleared for (RULES 19). */
export function Sections() {
  const { parts: words, title } = useDirectoryWords();
  const [path] = useLocation();
  const roles = useRoles();
  if (!roles.some((r) => r === "administrator" || r === "auditor")) return null;
  const here = path.startsWith(parts.nations) ? "nations" : "directories";
  return (
    <nav className={classes.sections} aria-label={title}>
      {(["directories", "nations"] as const).map((name) => (
        <Link key={name} href={parts[name]} aria-current={name === here ? "page" : undefined}>
          {words[name]}
        </Link>
      ))}
    </nav>
  );
}
