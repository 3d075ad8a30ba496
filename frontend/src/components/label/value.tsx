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
  /** Why it cannot be taken back, where it is chosen. */
  kept?: string | undefined;
  choose: () => void;
};

/** Value is one classification or category value. */
export function Value({ kind, group, text, colour, chosen, focused, refused, kept = "", choose }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const atFirst = useRef(focused);
  useEffect(() => {
    if (atFirst.current) input.current?.focus();
  }, []);
  const why = chosen ? kept : refused;
  const barred = why !== "";
  const value = (
    <label
      className={classes.value}
      data-refused={(barred && !chosen) || undefined}
      data-kept={(barred && chosen) || undefined}
    >
      <input
        ref={input}
        type={kind}
        name={group}
        checked={chosen}
        aria-disabled={barred || undefined}
        aria-description={barred ? why : undefined}
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
    <Tooltip label={why} events={{ hover: true, focus: true, touch: true }}>
      {value}
    </Tooltip>
  );
}
