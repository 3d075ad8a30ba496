import type { AuditLine } from "../../api/types";
import type { AuditWords } from "./words";

type Change = NonNullable<AuditLine["changes"]>[number];

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
    ...changed(l, words),
    l.failed ? words.say.failed(l.failed) : "",
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
      return say.rules(listed(l.before, say.off), listed(l.after, say.off));
    case "settings":
      return settings(l, words);
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
      return l.what || say.other(l.type);
  }
}

/** settings says which part of the installation was changed. Lines that do not name it have the program's own words. */
function settings(l: AuditLine, words: AuditWords): string {
  const { say } = words;
  if (l.kind === "rule" && l.name === "protected_tag_sets") return say.protectedSets;
  if (l.kind === "rule-set" && !l.name) return say.switched;
  if (l.kind === "secret" && !l.name) return l.what || say.settings;
  return l.kind && l.change && say.parts[l.kind]
    ? partChanged(l.kind, l.name, l.change, words)
    : l.what || say.settings;
}

/** partOf names a section of the installation file. */
export const partOf = (section: string, words: AuditWords) => words.say.parts[section.replaceAll("_", "-")] ?? section;

function partChanged(section: string, name: string | undefined, change: string, words: AuditWords): string {
  const { say } = words;
  return say.changedTo(partOf(section, words), name ?? "", say.changes[change] ?? change);
}

/** changed says from what to what, as far as the line has it; the part that the sentence has named already is not named again. */
function changed(l: AuditLine, words: AuditWords): string[] {
  const { say } = words;
  const all = (l.changes ?? []).filter((c) => c.field || !isNamed(l, c));
  const told = all.map((c) => {
    if (!c.field) return partChanged(c.section, c.name, c.change, words);
    const where = isNamed(l, c) ? "" : `${[partOf(c.section, words), c.name].filter(Boolean).join(" ")}, `;
    return `${where}${say.field(c.field, c.before || say.nothing, c.after || say.nothing)}`;
  });
  return l.moreChanges ? [...told, say.moreChanges(l.moreChanges)] : told;
}

const isNamed = (l: AuditLine, c: Change) =>
  c.section.replaceAll("_", "-") === l.kind && (c.name ?? "") === (l.name ?? "");

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
