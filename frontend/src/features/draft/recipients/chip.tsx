import { Tooltip } from "@mantine/core";
import { type KeyboardEvent, memo } from "react";
import type { RecipientReport } from "../../../api/types";
import { CloseIcon, WarningIcon } from "../../../components/icons";
import { Nation } from "../../../components/nation";
import { OutcomeMark, outcomeOf } from "../../../components/outcome";
import { useWords } from "../../../words/language";
import { useVerdictLine } from "../check/verdict-line";
import type { Known } from "../names";
import { useDraftWords } from "../words";
import classes from "./recipients.module.css";

type Props = {
  address: string;
  known: Known | undefined;
  report: RecipientReport | undefined;
  /** A way forward that is being looked at would take it out. */
  leaving: boolean;
  isTabStop: boolean;
  onKey: (e: KeyboardEvent, address: string) => void;
  onRemove: (address: string) => void;
  onFocus: (address: string) => void;
};

/** Chip is one recipient: nation, name, outcome; the reason and where it is from show on hover and focus. */
export const Chip = memo(function Chip({
  address,
  known,
  report,
  leaving,
  isTabStop,
  onKey,
  onRemove,
  onFocus,
}: Props) {
  const words = useDraftWords();
  const shared = useWords();
  const line = useVerdictLine(report);
  const outcome = report ? outcomeOf(report) : undefined;
  const name = known?.name || address;
  // By the mouse it is the system's own hint, which waits until the hand rests and goes when somebody types.
  const barred = known?.disabled ? words.recipients.disabled : "";
  const apart = known?.lookalike ? words.recipients.lookalike(known.lookalike) : "";
  const hint = [name === address ? address : `${name}, ${address}`, barred, apart, line].filter(Boolean).join(" – ");
  return (
    <li
      className={classes.chip}
      data-outcome={outcome}
      data-leaving={leaving || undefined}
      data-barred={barred !== "" || undefined}
    >
      <Tooltip position="bottom-start" label={hint} events={{ hover: false, focus: true, touch: true }}>
        <button
          type="button"
          data-chip={address}
          title={hint}
          tabIndex={isTabStop ? 0 : -1}
          onKeyDown={(e) => onKey(e, address)}
          onFocus={() => onFocus(address)}
        >
          <Nation code={known?.nation ?? ""} />
          <span className={classes.name}>{name}</span>
          {known?.lookalike ? (
            <span className={classes.apart}>
              <WarningIcon size={12} />
              {known.lookalike}
            </span>
          ) : null}
          {barred ? (
            <span className={classes.apart}>
              <WarningIcon size={12} />
              {barred}
            </span>
          ) : null}
          <span className="visually-hidden">:</span>
          {outcome ? (
            <OutcomeMark outcome={outcome} iconOnly={outcome === "cleared"} />
          ) : (
            <span className="visually-hidden">{shared.outcome.none}</span>
          )}
        </button>
      </Tooltip>
      <button
        type="button"
        className={classes.remove}
        tabIndex={-1}
        aria-label={words.recipients.remove(name)}
        onClick={() => onRemove(address)}
      >
        <CloseIcon size={12} />
      </button>
    </li>
  );
});
