import type { LabelSelection } from "../../../api/types";
import type { Bound } from "../../../components/label/order";
import type { useLabelWords } from "../../../components/label/words";
import type { Content } from "../state";
import { type PartLabel, written } from "../text/paragraphs";

type Words = ReturnType<typeof useLabelWords>;

const isSelection = (l: PartLabel | null | undefined): l is LabelSelection => typeof l === "object" && l !== null;

/**
 * floorsOf lists what the draft's label must be at least as restrictive as (RULES 2): the inherited label, and that of each paragraph
 * and attachment. A label in XML is judged by the check alone.
 */
export function floorsOf(c: Pick<Content, "inherited" | "text" | "attachments">, words: Words): Bound[] {
  const bounds: Bound[] = [];
  const seen = new Set<string>();
  const add = (label: PartLabel | null | undefined, whose: string) => {
    if (!isSelection(label) || seen.has(JSON.stringify(label))) return;
    seen.add(JSON.stringify(label));
    bounds.push({ label, whose, isFloor: true });
  };
  add(c.inherited, words.inherited);
  for (const [i, p] of written(c.text).entries()) add(p.label, words.ofParagraph(i + 1));
  for (const a of c.attachments) add(a.label, words.ofAttachment(a.file));
  return bounds;
}

/** ceilingOf is what a paragraph must not rise above: the message's label, once there is one. */
export function ceilingOf(label: LabelSelection | null, words: Words): Bound[] {
  return label ? [{ label, whose: words.ofMessage, isFloor: false }] : [];
}
