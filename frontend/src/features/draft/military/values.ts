import type { Military } from "../state";

/** The names that RFC 6477 gives; a number may stand there too, and is kept as it is. */
export const precedences = ["deferred", "routine", "priority", "immediate", "flash", "override"] as const;
export const messageTypes = ["exercise", "operation", "project", "drill"] as const;

/** listOf reads what was typed as a list: its values end at commas, semicolons and line ends. */
export function listOf(text: string): string[] | undefined {
  const values = text.split(/[,;\n]/).map((v) => v.trim());
  const found = values.filter((v) => v !== "");
  return found.length > 0 ? found : undefined;
}

/** typeOf cuts a message type into its kind and the identifier that may follow. */
export function typeOf(messageType = ""): { kind: string; identifier: string } {
  const found = /^\s*([^;]*?)\s*(?:;\s*identifier\s*=\s*"(.*)"\s*)?$/i.exec(messageType);
  return found ? { kind: found[1] ?? "", identifier: found[2] ?? "" } : { kind: messageType, identifier: "" };
}

/** messageTypeOf puts it together again; without a kind there is none. */
export function messageTypeOf(kind: string, identifier: string): string | undefined {
  if (kind === "") return undefined;
  return identifier === "" ? kind : `${kind}; identifier="${identifier}"`;
}

/** The keys of the fields, as the program names the one that is wrong. */
export const militaryKeys = [
  "primaryPrecedence",
  "copyPrecedence",
  "sic",
  "messageType",
  "originatorReference",
  "handling",
] as const satisfies readonly (keyof Military)[];

/** militaryKey is the field that a problem is about; the program may name an entry of a list: "sic[1]". */
export function militaryKey(field: string | undefined): keyof Military | undefined {
  return militaryKeys.find((k) => field === k || field?.startsWith(`${k}[`) || field?.startsWith(`${k}.`));
}
