import { type Dispatch, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { LabelSelection, Policy } from "../../../api/types";
import { useSelection } from "../../../components/label/use-selection";
import { useLabelWords } from "../../../components/label/words";
import type { Saver } from "../saver";
import { type Action, type Content, isUnbegun, type State } from "../state";
import { floorsOf } from "./bounds";

const nothing: Pick<Content, "label" | "relabelled"> = { label: null };

/** ItemOf gives a label as the catalogue of a chat server writes it; undefined: the catalogue has none that says the same. */
export type ItemOf = (label: LabelSelection) => string | undefined;

/**
 * useDraftLabel is the picker of the draft's label. While it is open nothing is saved: only the label with which it is closed counts,
 * and is held against the one that the draft had before (RULES 1).
 */
export function useDraftLabel(
  state: State,
  dispatch: Dispatch<Action>,
  saver: Saver,
  policies: readonly Policy[],
  itemOf?: ItemOf,
) {
  const { content } = state;
  const words = useLabelWords();
  const [picking, setPicking] = useState(false);
  const [before, setBefore] = useState<Pick<Content, "label" | "relabelled">>(isUnbegun(content) ? nothing : content);
  const latest = useRef(content);
  useEffect(() => {
    latest.current = content;
  });
  const open = useCallback(
    (opened: boolean) => {
      if (opened) setBefore(isUnbegun(latest.current) ? nothing : latest.current); // under that label nothing was written
      saver.pause(opened);
      setPicking(opened);
    },
    [saver],
  );
  useEffect(() => () => saver.pause(false), [saver]);
  const choose = useCallback(
    (label: LabelSelection, reason: string) => {
      const from = before.label;
      const entries = before.relabelled ?? [];
      const relabelled = reason && from ? [...entries, { from, to: label, reason }] : before.relabelled;
      dispatch({ type: "label", label, relabelled, ...(itemOf ? { item: itemOf(label) } : {}) });
    },
    [dispatch, before, itemOf],
  );
  const selecting = useSelection(content.label, policies, choose, before.label);
  const explain = useCallback(
    (reason: string) => {
      const saved = saver.status();
      const missing = saved.is === "failed" ? (saved.problem.relabelled ?? []) : [];
      for (const change of missing) dispatch({ type: "relabelled", entry: { ...change, reason } });
    },
    [dispatch, saver],
  );
  const { inherited, text, attachments, label, channel, from, action, info } = content;
  // What the answer depends on besides the recipients: the labels of the parts, without their texts.
  const parts = useMemo(
    () => (text.is === "marked" ? text.paragraphs.map((p) => ({ text: "", label: p.label ?? "" })) : []),
    [text],
  );
  const bounds = useMemo(
    () => floorsOf({ inherited, text, attachments }, words),
    [inherited, text, attachments, words],
  );
  const everyone = useMemo(
    () =>
      label === null && action.length + info.length > 0
        ? { channel, from, action, info, parts, attachments: [...attachments], inherited }
        : undefined,
    [label, channel, from, action, info, parts, attachments, inherited],
  );
  const need = selecting.isHeldBack ? words.waits : "";
  return { selecting, picking, setPicking: open, bounds, everyone, explain, need };
}
