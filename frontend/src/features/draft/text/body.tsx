import { type Dispatch, memo } from "react";
import type { LabelSelection } from "../../../api/types";
import composer from "../composer.module.css";
import type { Action } from "../state";
import { useDraftWords } from "../words";
import type { Text } from "./paragraphs";
import { Portions } from "./portions";

type Props = { text: Text; label: LabelSelection | null; isLocked: boolean; dispatch: Dispatch<Action> };

/** Body is the text: one field, or paragraphs that bear each its mark. */
export const Body = memo(function Body({ text, label, isLocked, dispatch }: Props) {
  const words = useDraftWords();
  if (text.is === "marked") {
    return <Portions paragraphs={text.paragraphs} label={label} isLocked={isLocked} dispatch={dispatch} />;
  }
  return (
    <textarea
      className={composer.text}
      data-text
      aria-label={words.fields.body}
      value={text.body}
      readOnly={isLocked}
      onChange={(e) => dispatch({ type: "typed", field: "body", text: e.currentTarget.value })}
    />
  );
});
