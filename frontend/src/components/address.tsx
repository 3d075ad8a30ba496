import { Fragment } from "react";

/** Address may break after its signs, and only where it must elsewhere; copied, it is the plain text. */
export function Address({ text }: { text: string }) {
  return (text.match(/[^@._-]*[@._-]?/g) ?? []).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text
    <Fragment key={i}>
      {i > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ));
}
