import type { Directory } from "../../api/types";
import { BrokenIcon, ClearedIcon, StaleIcon, UnknownIcon, WarningIcon } from "../../components/icons";
import classes from "./directories.module.css";
import { useDirectoryWords } from "./words";

const icons = {
  ok: ClearedIcon,
  incomplete: WarningIcon,
  held: StaleIcon,
  failed: BrokenIcon,
  "never-read": UnknownIcon,
} satisfies Record<Directory["state"], unknown>;

/** StateMark is how a directory stands: the icon with its word. */
export function StateMark({ directory: d }: { directory: Directory }) {
  const words = useDirectoryWords();
  const Icon = d.paused ? StaleIcon : icons[d.state];
  return (
    <span className={classes.directoryState} data-state={d.paused ? "held" : d.state}>
      <Icon />
      {d.paused ? words.paused : words.states[d.state]}
    </span>
  );
}
