import { Tooltip } from "@mantine/core";
import { type KeyboardEvent, memo } from "react";
import type { RecipientReport } from "../../../api/types";
import { CloseIcon, WarningIcon } from "../../../components/icons";
import { Nation } from "../../../components/nation";
import { OutcomeMark, outcomeOf } from "../../../components/outcome";
import { useWords } from "../../../words/language";
import type { Known } from "../names";
import { useDraftWords } from "../words";
import { useHint } from "./hint";
import { KindMark } from "./kind";
import classes from "./recipients.module.css";
import { useRecipientWords } from "./words";

type Props = {
  address: string;
  known: Known | undefined;
  report: RecipientReport | undefined;
  /** A way forward that is being looked at would take it out. */
  leaving: boolean;
  /** And put this address in its place. */
  coming?: string | undefined;
  isTabStop: boolean;
  /** Its menu is shown. */
  isOpen?: boolean;
  onKey: (e: KeyboardEvent, address: string) => void;
  onRemove: (address: string) => void;
  onFocus: (address: string) => void;
  onOpen?: (address: string) => void;
};

/** Chip is one recipient: nation, name, kind, outcome; the reason and where it is from show on hover and focus. */
export const Chip = memo(function Chip(props: Props) {
  const {
    address,
    known,
    report,
    leaving,
    coming,
    isTabStop,
    isOpen = false,
    onKey,
    onRemove,
    onFocus,
    onOpen,
  } = props;
  const words = useDraftWords();
  const own = useRecipientWords();
  const shared = useWords();
  const outcome = report ? outcomeOf(report) : undefined;
  const name = known?.name || address;
  const barred = known?.disabled ? words.recipients.disabled : "";
  // By the mouse it is the system's own hint, which waits until the hand rests and goes when somebody types.
  const hint = useHint(address, known, report);
  return (
    <li
      className={classes.chip}
      draggable
      data-outcome={outcome}
      data-leaving={leaving || undefined}
      data-barred={barred !== "" || undefined}
    >
      <Tooltip
        position="bottom-start"
        label={hint}
        disabled={isOpen}
        multiline
        maw={420}
        events={{ hover: false, focus: true, touch: true }}
      >
        <button
          type="button"
          data-chip={address}
          title={hint}
          tabIndex={isTabStop ? 0 : -1}
          aria-haspopup={onOpen ? "menu" : undefined}
          aria-expanded={onOpen ? isOpen : undefined}
          onKeyDown={(e) => onKey(e, address)}
          onFocus={() => onFocus(address)}
          onClick={() => onOpen?.(address)}
        >
          <Nation code={known?.nation ?? ""} />
          <span className={classes.name}>{name}</span>
          <KindMark kind={known?.kind} />
          {known?.lookalike ? <Apart text={known.lookalike} /> : null}
          {barred ? <Apart text={barred} /> : null}
          <span className="visually-hidden">:</span>
          {outcome ? (
            <OutcomeMark outcome={outcome} iconOnly={outcome === "cleared" || coming !== undefined} />
          ) : (
            <span className="visually-hidden">{shared.outcome.none}</span>
          )}
        </button>
      </Tooltip>
      {coming ? (
        <span className={classes.coming} title={own.by(coming)}>
          {own.by(coming)}
        </span>
      ) : null}
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

/** Apart is what to beware of: that somebody looks like another, or is not in use. */
export function Apart({ text }: { text: string }) {
  return (
    <span className={classes.apart} title={text}>
      <WarningIcon size={12} />
      <span>{text}</span>
    </span>
  );
}
