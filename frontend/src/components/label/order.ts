import type { LabelSelection, LabelValue, Policy } from "../../api/types";
import { isChosen, valueName } from "./selection";

type TagSet = Policy["tagSets"][number];
type Tag = TagSet["tags"][number];

/** The order of labels (RULES 2), as far as a page can tell it from the policy's names. The program decides; this explains. */

function hierarchyOf(p: Policy, classification: string): number | undefined {
  return p.classifications.find((c) => c.name === classification)?.hierarchy;
}

/** valuesOf lists the values of one tag that a label has. */
function valuesOf(s: LabelSelection, set: TagSet, tag: Tag): string[] {
  return tag.values.map((v) => v.name).filter((name) => isChosen(s, set, tag, name));
}

/** chosen is each value with its tag set and tag. */
function* tagsOf(p: Policy): Generator<[TagSet, Tag]> {
  for (const set of p.tagSets) for (const tag of set.tags) yield [set, tag];
}

/**
 * isAtLeast reports that `a` is at least as restrictive as `b`: its class is no lower, it keeps every restrictive value of b, and
 * keeps every permissive tag of b without adding a value to it. Labels of two policies, and names that the policy does not
 * have, are not.
 */
export function isAtLeast(p: Policy, a: LabelSelection, b: LabelSelection): boolean {
  if (a.policy !== p.name || b.policy !== p.name) return false;
  const [high, low] = [hierarchyOf(p, a.classification), hierarchyOf(p, b.classification)];
  if (high === undefined || low === undefined || high < low || !isKnown(p, a) || !isKnown(p, b)) return false;
  for (const [set, tag] of tagsOf(p)) {
    const [ours, theirs] = [valuesOf(a, set, tag), valuesOf(b, set, tag)];
    if (tag.type === "RESTRICTIVE" && !theirs.every((v) => ours.includes(v))) return false;
    if (tag.type !== "PERMISSIVE" || theirs.length === 0) continue;
    if (ours.length === 0 || !ours.every((v) => theirs.includes(v))) return false;
  }
  return true;
}

function isKnown(p: Policy, s: LabelSelection): boolean {
  return Object.entries(s.categories ?? {}).every(([name, values]) => {
    const set = p.tagSets.find((t) => t.name === name);
    return values.every((v: LabelValue) => set?.tags.some((t) => t.values.some((x) => x.name === valueName(v))));
  });
}

/** A label that another one must not fall below (`floor`), or not rise above, and what bears it, in words. */
export type Bound = { label: LabelSelection; whose: string; isFloor: boolean };

/** barsClass gives the bound that a classification would break. */
export function barsClass(p: Policy, bounds: readonly Bound[], classification: string): Bound | undefined {
  const here = hierarchyOf(p, classification);
  return bounds.find((b) => {
    const there = b.label.policy === p.name ? hierarchyOf(p, b.label.classification) : undefined;
    if (here === undefined || there === undefined) return false;
    return b.isFloor ? here < there : here > there;
  });
}

/**
 * barsValue gives the bound that choosing a value, or taking it back, would break: a restrictive one of the floor cannot be taken
 * back, a permissive one cannot be added to those of the floor, nor its last be taken back.
 */
export function barsValue(
  p: Policy,
  bounds: readonly Bound[],
  now: LabelSelection,
  place: { set: TagSet; tag: Tag; name: string },
): Bound | undefined {
  const { set, tag, name } = place;
  const has = isChosen(now, set, tag, name);
  return bounds.find((b) => {
    if (b.label.policy !== p.name) return false;
    const theirs = valuesOf(b.label, set, tag);
    if (!b.isFloor) return tag.type === "RESTRICTIVE" && !has && !theirs.includes(name);
    if (tag.type === "RESTRICTIVE") return has && theirs.includes(name);
    if (tag.type !== "PERMISSIVE" || theirs.length === 0) return false;
    return has ? theirs.includes(name) && valuesOf(now, set, tag).length === 1 : !theirs.includes(name);
  });
}

/** What of a whole label breaks a bound: its class, or the first value that is missing or too many. */
export type Breach = { bound: Bound; value: string | undefined };

/**
 * barsLabel gives the bound that a label chosen as a whole would break. Bounds of another policy are left to the program, as for
 * single classes and values.
 */
export function barsLabel(p: Policy, bounds: readonly Bound[], s: LabelSelection): Breach | undefined {
  const here = bounds.filter((b) => b.label.policy === p.name);
  const byClass = barsClass(p, here, s.classification);
  if (byClass) return { bound: byClass, value: undefined };
  const bound = here.find((b) => !(b.isFloor ? isAtLeast(p, s, b.label) : isAtLeast(p, b.label, s)));
  if (!bound) return undefined;
  return { bound, value: bound.isFloor ? lackOf(p, s, bound.label) : lackOf(p, bound.label, s) };
}

/** lackOf names the first value that keeps `a` from being at least as restrictive as `b`. */
function lackOf(p: Policy, a: LabelSelection, b: LabelSelection): string | undefined {
  for (const [set, tag] of tagsOf(p)) {
    const [ours, theirs] = [valuesOf(a, set, tag), valuesOf(b, set, tag)];
    const missing = theirs.find((v) => !ours.includes(v));
    if (tag.type === "RESTRICTIVE" && missing) return missing;
    if (tag.type !== "PERMISSIVE" || theirs.length === 0) continue;
    const extra = ours.find((v) => !theirs.includes(v));
    if (extra || ours.length === 0) return extra ?? theirs[0];
  }
  return undefined;
}
