import { Button } from "@mantine/core";
import { type Dispatch, useState } from "react";
import { announce } from "../../../components/announce";
import panel from "../../../components/panel.module.css";
import type { Action, Content } from "../state";
import { sameLabel, type Text } from "./paragraphs";
import classes from "./text.module.css";
import { usePortionWords } from "./words";

/** lostBy counts the paragraphs whose mark would be lost: those that differ from the label of the message. */
function lostBy(text: Text, label: Content["label"]): number {
  if (text.is === "plain") return 0;
  return text.paragraphs.filter((p) => p.label !== null && p.text.trim() !== "" && !sameLabel(p.label, label)).length;
}

/** usePortionSwitch turns portion marks on and off. It asks only where marks would be lost; undo takes either back. */
export function usePortionSwitch(content: Pick<Content, "text" | "label">, dispatch: Dispatch<Action>) {
  const words = usePortionWords();
  const [asks, setAsks] = useState(false);
  const isOn = content.text.is === "marked";
  const lost = lostBy(content.text, content.label);
  const turnOff = () => {
    setAsks(false);
    dispatch({ type: "portions", on: false });
    announce(words.isOff, { text: words.undo, isHere: true, run: () => dispatch({ type: "undo", only: "text" }) });
  };
  const toggle = () => {
    if (!isOn) dispatch({ type: "portions", on: true });
    else if (lost > 0) setAsks(!asks);
    else turnOff();
  };
  return { isOn, toggle, lost: asks && isOn ? lost : 0, turnOff, keep: () => setAsks(false) };
}

type Props = Pick<ReturnType<typeof usePortionSwitch>, "lost" | "turnOff" | "keep">;

/** LosingMarks says what turning the marks off would take away. */
export function LosingMarks({ lost, turnOff, keep }: Props) {
  const words = usePortionWords();
  if (lost === 0) return null;
  return (
    <div className={`${panel.asks} ${classes.ask}`} role="alert">
      <p>
        <strong>{words.lose(lost)}</strong> {words.loseMeans}
      </p>
      <Button size="compact-sm" onClick={keep} autoFocus>
        {words.keep}
      </Button>
      <Button size="compact-sm" variant="default" onClick={turnOff}>
        {words.off}
      </Button>
    </div>
  );
}
