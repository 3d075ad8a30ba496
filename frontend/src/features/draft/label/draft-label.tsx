import type { ReactNode } from "react";
import type { Writing } from "../writing";
import { LabelBar } from "./bar";

type Props = {
  writing: Writing;
  /** It cannot be changed, whatever the draft is doing. */
  isFixed?: boolean;
  /** What is offered above all else. */
  offered?: ReactNode;
  /** Nothing but what is offered may be chosen. */
  isClosed?: boolean;
};

/** DraftLabel is the label of a draft that is being written, and the picker below it. */
export function DraftLabel({ writing, isFixed = false, ...offer }: Props) {
  const { state, picker, policies, saved, locked } = writing;
  const explains = saved.is === "failed" && saved.problem.code === "user-relabel-reason";
  return (
    <LabelBar
      label={state.content.label}
      selecting={picker.selecting}
      policies={policies}
      locked={locked || isFixed}
      opened={picker.picking}
      setOpened={picker.setPicking}
      bounds={picker.bounds}
      everyone={picker.everyone}
      explainSaved={explains ? picker.explain : undefined}
      {...offer}
    />
  );
}
