import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";

type Props<T> = {
  items: readonly T[];
  /** How many are shown at first, and how many more each time. */
  first: number;
  step: number;
  children: (item: T, index: number) => ReactNode;
  /** The button's words: n more of those that are left. */
  more: (n: number, left: number) => string;
  className?: string | undefined;
};

/** Folded shows the first of many items, and the others when they are asked for. */
export function Folded<T>({ items, first, step, children, more, className }: Props<T>) {
  const [shown, setShown] = useState(first);
  const left = items.length - shown;
  return (
    <>
      <ul className={className}>{items.slice(0, shown).map(children)}</ul>
      {left > 0 ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setShown(shown + step)}>
          {more(Math.min(step, left), left)}
        </Button>
      ) : null}
    </>
  );
}
