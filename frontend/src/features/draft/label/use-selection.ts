import { useEffect, useRef, useState } from "react";
import type { LabelSelection, Policy } from "../../../api/types";
import { emptySelection } from "./selection";
import { useLabel } from "./use-label";

export type Selecting = ReturnType<typeof useSelection>;

/**
 * useSelection keeps what is being chosen. What the person changed becomes the draft's label when the program permits it, also
 * when the picker was closed meanwhile; what changed outside (undo, another tab) is shown here.
 */
export function useSelection(
  label: LabelSelection | null,
  first: Policy | undefined,
  choose: (l: LabelSelection) => void,
) {
  const [chosen, setChosen] = useState<LabelSelection | null>(null); // by the person, and not the draft's label yet
  const before = useRef(label);
  const start = first ? emptySelection(first) : null;
  const selection = chosen ?? label ?? start;
  const answer = useLabel(selection);
  const isAnswered = answer.data !== undefined && !answer.isPlaceholderData;
  const isRefused = chosen !== null && chosen.classification !== "" && isAnswered && !answer.data.permitted;
  const permitted = chosen !== null && chosen.classification !== "" && isAnswered && answer.data.permitted;
  useEffect(() => {
    if (!permitted || !chosen) return;
    choose(chosen);
    setChosen(null);
  }, [permitted, chosen, choose]);
  useEffect(() => {
    if (before.current !== label) setChosen(null);
    before.current = label;
  }, [label]);
  return { selection, change: setChosen, answer, isRefused };
}
