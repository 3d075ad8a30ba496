import { randomName } from "../api/changes";

let fresh = randomName();
const made = new Set<string>();

/** newDraftPath is the address of a draft that does not exist yet: it is made when the first thing is typed. */
export function newDraftPath(): string {
  return `/draft/${fresh}`;
}

/** isFresh tells, once, that nobody can have stored anything under a name: this page made it up just now. */
export function isFresh(id: string): boolean {
  if (id !== fresh) return false;
  made.add(id);
  fresh = randomName();
  return true;
}

/** isMadeHere tells whether this page made a name up: what is stored under it, then, it has stored itself. */
export function isMadeHere(id: string): boolean {
  return made.has(id);
}

/** newDraft gives the name of a draft of which nothing is stored, and nothing need be read. */
export function newDraft(): string {
  const id = randomName();
  made.add(id);
  return id;
}
