import { useLocation } from "wouter";
import { useRoles } from "../../api/queries";
import { Sections as Parts } from "../../components/sections";
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
  return <Parts label={title} parts={parts} words={words} here={here} />;
}
