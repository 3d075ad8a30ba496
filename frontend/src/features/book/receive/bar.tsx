import type { ReceiveCounts } from "../../../api/types";
import { parts, partsOf } from "./queries";
import classes from "./receive.module.css";
import { useReceiveWords } from "./words";

/** Bar shows of how many people how many may; each part has a pattern of its own, and the words say the numbers. */
export function Bar({ counts }: { counts: ReceiveCounts }) {
  const words = useReceiveWords();
  const split = partsOf(counts);
  const said = parts.filter((p) => split[p] > 0).map((p) => words.parts[p](split[p]));
  return (
    <span className={classes.bar} role="img" aria-label={said.join(", ") || words.nobody} title={said.join(" · ")}>
      {counts.people > 0
        ? parts.map((p) => (split[p] > 0 ? <span key={p} data-part={p} style={{ flexGrow: split[p] }} /> : null))
        : null}
    </span>
  );
}

/** Legend says which pattern is which. */
export function Legend() {
  const words = useReceiveWords();
  return (
    <ul className={classes.legend} aria-label={words.legend}>
      {parts.map((p) => (
        <li key={p}>
          <span data-part={p} />
          {words.names[p]}
        </li>
      ))}
    </ul>
  );
}
