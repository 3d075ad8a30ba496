import { fold } from "../addresses";
import type { Content, Field } from "../state";

/** The two lists of recipients. */
export type Lists = Pick<Content, "action" | "info">;

/** A change of the recipients, which "undo" takes back whole. It gives the same lists where it changes nothing. */
export type Change = (now: Lists) => Lists;

const fields: Field[] = ["action", "info"];

export const otherField = (f: Field): Field => (f === "action" ? "info" : "action");

/** changed does something to each list, and gives the old one back where nothing came of it. */
function changed(now: Lists, how: (list: string[], field: Field) => string[]): Lists {
  const kept = (field: Field) => {
    const list = how(now[field], field);
    return list.length === now[field].length && list.every((a, i) => a === now[field][i]) ? now[field] : list;
  };
  return { action: kept("action"), info: kept("info") };
}

/** without takes addresses out of both lists, however they are spelled. */
export function without(now: Lists, addresses: readonly string[]): Lists {
  const out = new Set(addresses.map(fold));
  return changed(now, (list) => list.filter((a) => !out.has(fold(a))));
}

/** moved puts addresses of one field at the end of the other, spelled as they are there. */
export function moved(now: Lists, addresses: readonly string[], to: Field): Lists {
  const wanted = new Set(addresses.map(fold));
  const found = now[otherField(to)].filter((a) => wanted.has(fold(a)));
  if (found.length === 0) return now;
  const rest = now[otherField(to)].filter((a) => !wanted.has(fold(a)));
  const target = [...now[to], ...found];
  return to === "action" ? { action: target, info: rest } : { action: rest, info: target };
}

/**
 * replaced puts each of `by` in the place of the one of `old` that has the same number, as the program does (presend.Apply): who
 * comes so stands there once, at the first place, also where they stood elsewhere before; who has nobody to come for them stays.
 */
export function replaced(now: Lists, old: readonly string[], by: readonly string[]): Lists {
  const next = new Map(old.map((a, i) => [fold(a), by[i]] as const));
  const coming = new Set(by.slice(0, old.length).map(fold));
  const placed = new Set<string>();
  const once = (a: string) => (placed.has(fold(a)) ? false : placed.add(fold(a)));
  return changed(now, (list) => list.map((a) => next.get(fold(a)) ?? a).filter((a) => !coming.has(fold(a)) || once(a)));
}

/** expanded puts the members of a group in its place. A group of which nobody is known stays. */
export function expanded(now: Lists, group: string, members: readonly string[]): Lists {
  if (members.length === 0) return now;
  return putInPlace(now, (a) => (fold(a) === fold(group) ? members : undefined));
}

function putInPlace(now: Lists, of: (address: string) => readonly string[] | undefined): Lists {
  const there = new Set<string>();
  for (const f of fields) for (const a of now[f]) if (!of(a)) there.add(fold(a));
  const fresh = (a: string) => (there.has(fold(a)) ? false : there.add(fold(a)));
  return changed(now, (list) => list.flatMap((a) => of(a)?.filter(fresh) ?? [a]));
}

/** restored takes back what led from `before` to `after`, and leaves what was changed since. */
export function restored(now: Lists, before: Lists, after: Lists): Lists {
  const set = (list: readonly string[]) => new Set(list.map(fold));
  const [first, then] = [before, after].map((l) => ({ action: set(l.action), info: set(l.info) })) as [Folded, Folded];
  const came = fields.flatMap((f) => after[f].filter((a) => !first[f].has(fold(a)))); // new, or from the other field
  const left = without(now, came);
  const there = set([...left.action, ...left.info]);
  return changed(left, (list, field) => {
    const out = [...list];
    before[field].forEach((a, i) => {
      if (!then[field].has(fold(a)) && !there.has(fold(a))) out.splice(Math.min(i, out.length), 0, a);
    });
    return out;
  });
}

type Folded = Record<Field, Set<string>>;

/** sorted tells apart, of addresses to add, those that are new and those that are there already or come twice. */
export function sorted(now: Lists, addresses: readonly string[]): { fresh: string[]; twice: string[] } {
  const there = new Set([...now.action, ...now.info].map(fold));
  const fresh: string[] = [];
  const twice: string[] = [];
  for (const a of addresses) {
    if (there.has(fold(a))) twice.push(a);
    else fresh.push(a);
    there.add(fold(a));
  }
  return { fresh, twice };
}
