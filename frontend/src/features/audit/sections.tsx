import { useLocation } from "wouter";
import { Sections as Parts } from "../../components/sections";
import { useAuditWords } from "./words";

/** Places of the page's parts. Ids of messages are 26 capitals and digits, lines are numbers: none is one of these words. */
export const parts = {
  log: "/admin/audit",
  sent: "/admin/audit/sent",
  refused: "/admin/audit/refused",
  export: "/admin/audit/export",
} as const;

type Part = keyof typeof parts;

const names = Object.keys(parts) as Part[];

/** sectionOf tells to which part something belongs that is opened: a number is a line of the log, any other name a message. */
export function sectionOf(id: string | undefined): Part {
  if (id === undefined || /^\d+$/.test(id)) return "log";
  return names.find((n) => n === id) ?? "sent";
}

/** Sections lead from one part of the page to the others. */
export function Sections() {
  const { parts: words, title } = useAuditWords();
  const [path] = useLocation();
  return <Parts label={title} parts={parts} words={words} here={sectionOf(path.split("/")[3])} />;
}
