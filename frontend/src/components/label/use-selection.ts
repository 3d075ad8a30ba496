import { useEffect, useRef, useState } from "react";
import type { LabelSelection, Policy } from "../../api/types";
import { isAtLeast } from "./order";
import { emptySelection } from "./selection";
import { useLabel } from "./use-label";

export type Selecting = ReturnType<typeof useSelection>;

/**
 * useSelection keeps what is being chosen. What the person changed becomes the draft's label when the program permits it, also
 * when the picker was closed meanwhile; what changed outside (undo, another tab) is shown here. A label of a policy that this
 * installation does not have any more is begun anew. One that is less restrictive than `before` waits for a reason in words
 * besides (RULES 1).
 */
export function useSelection(
  label: LabelSelection | null,
  policies: readonly Policy[],
  choose: (l: LabelSelection, reason: string) => void,
  before: LabelSelection | null = null,
) {
  const [chosen, setChosen] = useState<LabelSelection | null>(null); // by the person, and not the draft's label yet
  const [given, setGiven] = useState({ before, reason: "" });
  const previous = useRef(label);
  const handed = useRef(label); // what this picker made the draft's label
  const start = policies[0] ? emptySelection(policies[0]) : null;
  const isKnown = policies.some((p) => p.name === label?.policy);
  const selection = chosen ?? (isKnown ? label : start);
  const answer = useLabel(selection);
  const isAnswered = answer.data !== undefined && !answer.isPlaceholderData;
  const isRefused = chosen !== null && chosen.classification !== "" && isAnswered && !answer.data.permitted;
  const reason = given.before === before ? given.reason : "";
  const needsReason = isLess(policies, chosen, before);
  const isHeldBack = needsReason && reason === "";
  const permitted =
    chosen !== null && chosen.classification !== "" && isAnswered && answer.data.permitted && !isHeldBack;
  useEffect(() => {
    if (!permitted || !chosen) return;
    handed.current = chosen;
    choose(chosen, needsReason ? reason : "");
    setChosen((now) => (now === chosen ? null : now)); // the hand may be ahead of the answer
  }, [permitted, chosen, choose, needsReason, reason]);
  useEffect(() => {
    if (previous.current !== label && label !== handed.current) setChosen(null);
    previous.current = label;
  }, [label]);
  // Until the program has spoken, what was chosen is not the draft's label; nothing may leave under the old one meanwhile.
  const isPending = chosen !== null && chosen.classification !== "" && !isRefused;
  const explain = (words: string) => setGiven({ before, reason: words.trim() });
  return { selection, change: setChosen, answer, isRefused, isPending, isHeldBack, explain };
}

/** isLess: what was chosen is a label, and not at least as restrictive as the one before. */
function isLess(policies: readonly Policy[], chosen: LabelSelection | null, before: LabelSelection | null): boolean {
  if (!chosen || !before || chosen.classification === "") return false;
  const policy = policies.find((p) => p.name === chosen.policy);
  return !policy || !isAtLeast(policy, chosen, before);
}
