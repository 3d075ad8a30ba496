import type { Entry, Hit } from "../../../api/types";

/** paired puts to each DN the entry that the book has for it; those come in the order of the DNs. */
export function paired({
  members,
  resolved,
}: Pick<Entry, "members" | "resolved">): { dn: string; hit: Hit | undefined }[] {
  const byDN = new Map(resolved.map((h) => [loosely(h.dn), h]));
  return [...new Set(members)].map((dn) => ({ dn, hit: byDN.get(loosely(dn)) }));
}

/** loosely: two spellings of one DN may differ in case and in spaces around the separators. */
const loosely = (dn: string) => dn.toLowerCase().replace(/\s*([,=+])\s*/g, "$1");
