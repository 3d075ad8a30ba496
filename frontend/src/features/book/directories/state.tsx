import type { Directory } from "../../../api/types";
import { BrokenIcon, ClearedIcon, StaleIcon, UnknownIcon, WarningIcon } from "../../../components/icons";
import classes from "../book.module.css";
import { useDirectoryWords } from "./words";

const icons = {
  ok: ClearedIcon,
  incomplete: WarningIcon,
  held: StaleIcon,
  failed: BrokenIcon,
  "never-read": UnknownIcon,
} satisfies Record<Directory["state"], unknown>;

/** StateMark is how a directory stands: the icon with its word. */
export function StateMark({ state }: { state: Directory["state"] }) {
  const { states } = useDirectoryWords();
  const Icon = icons[state];
  return (
    <span className={classes.directoryState} data-state={state}>
      <Icon />
      {states[state]}
    </span>
  );
}
