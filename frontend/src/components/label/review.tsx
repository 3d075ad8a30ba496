import { useId, useState } from "react";
import type { LabelSelection } from "../../api/types";
import { useLanguage } from "../../words/language";
import { longDate } from "../../words/time";
import panel from "../panel.module.css";
import classes from "./label.module.css";
import { useLabelWords } from "./words";

type Props = { selection: LabelSelection; set: (s: LabelSelection) => void };

/** Review is the day on which the label is to be looked at again (RULES 3), in a form that cannot be read in two ways. */
export function Review({ selection, set }: Props) {
  const words = useLabelWords();
  const { language } = useLanguage();
  const id = useId();
  const day = selection.reviewDate?.slice(0, 10) ?? "";
  const [text, setText] = useState(day);
  const wrong = text !== "" && !isDay(text);
  const type = (value: string) => {
    setText(value);
    const { reviewDate: _, ...rest } = selection;
    if (value === "") set(rest);
    else if (isDay(value)) set({ ...rest, reviewDate: `${value}T00:00:00Z` });
  };
  return (
    <div className={classes.set}>
      <label htmlFor={id}>{words.review}</label>
      <span className={classes.review}>
        <input
          className={`${panel.input} ${classes.day}`}
          id={id}
          value={text}
          placeholder={words.reviewFormat}
          inputMode="numeric"
          autoComplete="off"
          aria-invalid={wrong || undefined}
          aria-describedby={`${id}-hint`}
          onChange={(e) => type(e.currentTarget.value.trim())}
        />
        <span id={`${id}-hint`} className="quiet">
          {wrong ? words.reviewWrong : day ? longDate(day, language) : words.reviewHint}
        </span>
      </span>
    </div>
  );
}

function isDay(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
  );
}
