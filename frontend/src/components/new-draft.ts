import { randomName } from "../api/changes";

let fresh = randomName();

/** newDraftPath is the address of a draft that does not exist yet: it is made when the first thing is typed. */
export function newDraftPath(): string {
  return `/draft/${fresh}`;
}

/** isFresh tells, once, that nobody can have stored anything under a name: this page made it up just now. */
export function isFresh(id: string): boolean {
  if (id !== fresh) return false;
  fresh = randomName();
  return true;
}
