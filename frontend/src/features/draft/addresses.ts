/** fold is how two spellings of one address compare; the program does the same (draft.FoldAddress). */
export function fold(address: string): string {
  return address.trim().toLowerCase();
}

/** What separates addresses in what somebody pastes: commas, semicolons, line ends; not the commas within quotes. */
const separators = /[,;\n\r\t]+/;

/** looksLikeAddress: something before and behind one "@", without spaces. */
export function looksLikeAddress(text: string): boolean {
  return /^[^\s@<>"]+@[^\s@<>"]+$/.test(text.trim());
}

/** parseAddresses finds the addresses in pasted text, "Name <address>" among them; what is none is left over. */
export function parseAddresses(text: string): { addresses: string[]; rest: string } {
  const addresses: string[] = [];
  const rest: string[] = [];
  for (const piece of text.replace(/"[^"]*"/g, " ").split(separators)) {
    const inner = /<([^<>]+)>\s*$/.exec(piece)?.[1] ?? piece;
    if (looksLikeAddress(inner)) addresses.push(inner.trim());
    else if (piece.trim()) rest.push(piece.trim());
  }
  return { addresses, rest: rest.join(", ") };
}

/** isInside reports that a list has an address, however spelled. */
export function isInside(list: readonly string[], address: string): boolean {
  const folded = fold(address);
  return list.some((a) => fold(a) === folded);
}
