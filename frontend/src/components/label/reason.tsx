import { Button } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import panel from "../panel.module.css";
import classes from "./label.module.css";
import { useLabelWords } from "./words";

type Props = { text: string; give: (reason: string) => void; keep?: () => void };

/** isReason: something is said in it, not only typed. */
export const isReason = (text: string) => /[\p{L}\p{N}]{2}/u.test(text);

/** Reason asks in words why a label is to be less restrictive than it was; the answer goes on record (RULES 1). */
export function Reason({ text, give, keep }: Props) {
  const words = useLabelWords();
  const id = useId();
  const [reason, setReason] = useState("");
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (isReason(reason)) give(reason.trim());
  };
  return (
    <form className={`${panel.asks} ${classes.reason}`} onSubmit={onSubmit}>
      <p role="alert">
        <strong>{text}</strong> {words.reasonMeans}
      </p>
      <label htmlFor={id}>{words.reason}</label>
      <input
        className={`${panel.input} ${classes.words}`}
        id={id}
        value={reason}
        maxLength={1000}
        autoComplete="off"
        onChange={(e) => setReason(e.currentTarget.value)}
      />
      <Button size="compact-sm" type="submit" disabled={!isReason(reason)}>
        {words.useIt}
      </Button>
      {keep ? (
        <Button size="compact-sm" variant="default" onClick={keep}>
          {words.keepLabel}
        </Button>
      ) : null}
    </form>
  );
}
