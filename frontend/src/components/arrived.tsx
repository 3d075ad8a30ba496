import { type ReactNode, useEffect, useRef } from "react";

type Props = {
  /** What it is, for screen readers. */
  label: string;
  /** Of what is shown: another one arrives anew. */
  of: unknown;
  children: ReactNode;
};

/** Arrived is what the user asked for where it may lie out of sight: it is brought into view, and the focus goes there. */
export function Arrived({ label, of, children }: Props) {
  const here = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another answer is one that arrives anew
  useEffect(() => {
    here.current?.focus({ preventScroll: true });
    here.current?.scrollIntoView?.({ block: "start" });
  }, [of]);
  return (
    <section ref={here} tabIndex={-1} aria-label={label}>
      {children}
    </section>
  );
}
