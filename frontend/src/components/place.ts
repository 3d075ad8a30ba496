/**
 * place puts a name (an id, an address) into a path of the page. The router decodes a path in part before it is taken
 * apart, so that a percent sign of the name itself has to be encoded once more.
 */
export function place(base: string, name: string): string {
  return `${base}/${encodeURIComponent(name.replaceAll("%", "%25"))}`;
}

/** nameIn gives the name back from what the router found in the path. */
export function nameIn(part: string | undefined): string | undefined {
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
