import type { Outcome, RecipientReport } from "../api/types";
import { useWords } from "../words/language";
import { BrokenIcon, ClearedIcon, type IconProps, RefusedIcon, StaleIcon, UnknownIcon } from "./icons";
import classes from "./outcome.module.css";

const icons: Record<Outcome, (p: IconProps) => React.JSX.Element> = {
  cleared: ClearedIcon,
  "not-cleared": RefusedIcon,
  unknown: UnknownIcon,
  stale: StaleIcon,
  error: BrokenIcon,
};

/** OutcomeMark is the icon of an outcome with its word; `iconOnly` leaves the word to screen readers. */
export function OutcomeMark({ outcome, iconOnly = false }: { outcome: Outcome; iconOnly?: boolean }) {
  const words = useWords();
  const Icon = icons[outcome];
  return (
    <span className={`${classes.outcome} ${classes[outcome]}`}>
      {iconOnly ? <Icon title={words.outcome[outcome]} /> : <Icon />}
      {iconOnly ? null : words.outcome[outcome]}
    </span>
  );
}

/** From worst to best (RULES 12). */
const order: Outcome[] = ["not-cleared", "error", "unknown", "stale", "cleared"];

/** worst gives the worst of some outcomes. */
export function worst(...outcomes: Outcome[]): Outcome {
  return order.find((o) => outcomes.includes(o)) ?? "cleared";
}

/** outcomeOf is what counts of a recipient: the worse of his own verdict and that of the way to him. */
export function outcomeOf(r: RecipientReport): Outcome {
  return worst(r.verdict.outcome, r.link.outcome);
}
