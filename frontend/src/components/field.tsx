import type { ReactNode } from "react";

/** Field is a line of what is known, within a `dl`; what is not known has none. */
export function Field({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
