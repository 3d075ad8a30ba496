import type { AuditLine } from "../../api/types";
import type { AuditWords } from "./words";

/** typeOf names what a line is about. */
export const typeOf = (l: AuditLine, words: AuditWords) => (l.fault ? words.damaged : (words.types[l.type] ?? l.type));

/** sentence says a line in words. What a person or a server wrote stands as it is. */
export function sentence(l: AuditLine, words: AuditWords): string {
  if (l.fault) return words.line.fault(l.fault);
  return [
    plain(l, words),
    tally(l, words),
    named(l),
    l.type === "decision" && l.overridden ? words.say.overridden : "",
    l.note ?? "",
  ]
    .filter(Boolean)
    .join(" · ");
}

function plain(l: AuditLine, words: AuditWords): string {
  const say = words.say;
  switch (l.type) {
    case "header":
      return say.header;
    case "checkpoint":
      return say.checkpoint;
    case "decision":
      return decision(l, words);
    case "receipt":
      return (l.recipients ?? 0) > 0 ? say.answered : say.noAnswer;
    case "state":
      return say.state(words.states[l.state ?? ""] ?? l.state ?? "");
    case "rules":
      return say.rules(listed(l.before, say.none), listed(l.after, say.none));
    case "changed":
      return `${say.changed}: ${l.name ?? ""}`;
    case "withheld":
      return say.withheld(l.sender || say.unknownSender);
    case "refused":
      if (l.rule === "role") return say.role(l.name ?? "");
      return l.rule === "system-high" ? say.systemHigh(l.name ?? "") : say.refused;
    case "export":
      return say.export(l.what ?? "");
    default:
      return l.what || (l.type === "settings" ? say.settings : say.other(l.type));
  }
}

function decision(l: AuditLine, words: AuditWords): string {
  const { say } = words;
  const n = l.recipients ?? 0;
  if (l.copy) return say.copy(l.copy, words.outcomes[l.outcomes?.[0]?.what ?? ""] ?? l.result ?? "");
  if (l.result === "blocked") return say.blocked(n);
  return l.result === "cleared" ? say.cleared(n) : say.checked(n);
}

const listed = (sets: string[] | undefined, none: string) => (sets && sets.length > 0 ? sets.join(", ") : none);

/** tally is what was found for how many, or answered. */
function tally(l: AuditLine, words: AuditWords): string {
  if (l.copy) return "";
  return (l.outcomes ?? [])
    .map((t) => `${words.outcomes[t.what] ?? words.states[t.what] ?? t.what} ${t.count}`)
    .join(", ");
}

/** named are the first addresses that a line is about. */
function named(l: AuditLine): string {
  if (l.copy) return "";
  return (l.addresses ?? []).join(", ") + ((l.recipients ?? 0) > (l.addresses?.length ?? 0) ? ", …" : "");
}
