import { Tooltip } from "@mantine/core";
import { useEffect, useRef } from "react";
import classes from "./label.module.css";

type Props = {
  kind: "radio" | "checkbox";
  group?: string;
  text: string;
  colour?: string | undefined;
  chosen: boolean;
  /** It takes the focus when the picker opens. */
  focused?: boolean;
  /** Why it cannot be chosen; it stays in reach, so that the reason can be read. */
  refused: string;
  choose: () => void;
};

/** Value is one classification or category value. */
export function Value({ kind, group, text, colour, chosen, focused, refused, choose }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const atFirst = useRef(focused);
  useEffect(() => {
    if (atFirst.current) input.current?.focus();
  }, []);
  const barred = refused !== "" && !chosen;
  const value = (
    <label className={classes.value} data-refused={barred || undefined}>
      <input
        ref={input}
        type={kind}
        name={group}
        checked={chosen}
        aria-disabled={barred || undefined}
        aria-description={barred ? refused : undefined}
        onChange={() => {
          if (!barred) choose();
        }}
      />
      {colour ? <span className={classes.swatch} style={{ background: colour }} aria-hidden /> : null}
      {text}
    </label>
  );
  if (!barred) return value;
  return (
    <Tooltip label={refused} events={{ hover: true, focus: true, touch: true }}>
      {value}
    </Tooltip>
  );
}
