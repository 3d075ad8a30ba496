import type { LabelSelection, LabelValue, Policy } from "../../api/types";

type TagSet = Policy["tagSets"][number];
type Tag = TagSet["tags"][number];

/** valueName is the name of a chosen value, which may say its type besides. */
export function valueName(v: LabelValue): string {
  return typeof v === "string" ? v : v.name;
}

/** isAmbiguous: the name stands under several types of its tag set, so the label must say which (RULES 5). */
function isAmbiguous(set: TagSet, name: string): boolean {
  return set.tags.filter((t) => t.values.some((v) => v.name === name)).length > 1;
}

function same(v: LabelValue, tag: Tag, name: string): boolean {
  if (typeof v === "string") return v === name;
  return v.name === name && v.type.toLowerCase() === tag.type.toLowerCase();
}

export function isChosen(s: LabelSelection, set: TagSet, tag: Tag, name: string): boolean {
  return (s.categories?.[set.name] ?? []).some((v) => same(v, tag, name));
}

/** toggle chooses a value or takes it back; of a tag that allows one value the new one takes the old one's place. */
export function toggle(s: LabelSelection, set: TagSet, tag: Tag, name: string): LabelSelection {
  const chosen = s.categories?.[set.name] ?? [];
  const without = chosen.filter((v) => !same(v, tag, name));
  let next = without;
  if (without.length === chosen.length) {
    const others = tag.max === 1 ? without.filter((v) => !tag.values.some((x) => same(v, tag, x.name))) : without;
    next = [...others, isAmbiguous(set, name) ? { type: typeOf(tag), name } : name];
  }
  const { [set.name]: _, ...rest } = s.categories ?? {};
  return { ...s, categories: next.length > 0 ? { ...rest, [set.name]: next } : rest };
}

function typeOf(tag: Tag): Exclude<LabelValue, string>["type"] {
  switch (tag.type) {
    case "RESTRICTIVE":
      return "restrictive";
    case "PERMISSIVE":
      return "permissive";
    default:
      return "informative";
  }
}

/**
 * emptySelection is where a label starts: the policy, and those values that every label of it must have because there is
 * only one to choose.
 */
export function emptySelection(p: Policy): LabelSelection {
  const categories: Record<string, LabelValue[]> = {};
  for (const set of p.tagSets) {
    const only = set.tags[0]?.values[0];
    if (p.required.includes(set.name) && set.tags.length === 1 && set.tags[0]?.values.length === 1 && only) {
      categories[set.name] = [only.name];
    }
  }
  return { policy: p.name, classification: "", categories };
}
