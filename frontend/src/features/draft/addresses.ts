/**
 * fold is how two spellings of one address compare; the program does the same (draft.FoldAddress). A letter that only folds to an
 * ASCII one, such as the Kelvin sign, stays what it is: it is another address.
 */
export function fold(address: string): string {
  if (!beyondAscii.test(address)) return address.trim().toLowerCase();
  return Array.from(address.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, ""), folded).join("");
}

const beyondAscii = /[^\p{ASCII}]/u;

function folded(letter: string): string {
  const low = letter.toLowerCase();
  return low.length === letter.length && beyondAscii.test(low) === beyondAscii.test(letter) ? low : letter;
}

/** Pieces of what somebody pastes: they end at commas, semicolons, tabs and line ends, but not at those within quotes. */
const pieces = /(?:"[^"]*"|[^,;\n\r\t])+/g;

/** looksLikeAddress: something before and behind one "@", without spaces. */
export function looksLikeAddress(text: string): boolean {
  return /^[^\s@<>"]+@[^\s@<>"]+$/.test(text.trim());
}

/** parseAddresses finds the addresses in pasted text, "Name <address>" among them; what is none is left over. */
export function parseAddresses(text: string): { addresses: string[]; rest: string } {
  const addresses: string[] = [];
  const rest: string[] = [];
  for (const piece of text.match(pieces) ?? []) {
    const inner = /<([^<>]+)>\s*$/.exec(piece)?.[1] ?? piece.replace(/"[^"]*"/g, " ");
    if (looksLikeAddress(inner)) addresses.push(inner.trim());
    else if (piece.trim()) rest.push(piece.trim());
  }
  return { addresses, rest: rest.join(", ") };
}
