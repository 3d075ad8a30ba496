import type { Directory } from "../../api/types";
import { BrokenIcon, ClearedIcon, SearchIcon, StaleIcon, UnknownIcon, WarningIcon } from "../../components/icons";
import classes from "./directories.module.css";
import { useDirectoryWords } from "./words";

const icons = {
  ok: ClearedIcon,
  incomplete: WarningIcon,
  held: StaleIcon,
  failed: BrokenIcon,
  "never-read": UnknownIcon,
} satisfies Record<Directory["state"], unknown>;

/** isOnlyAsked: it is not read as a whole, so that none of that is missing. */
export const isOnlyAsked = (d: Directory) => d.mode === "look-up" && (d.state === "ok" || d.state === "never-read");

/** stateText is how a directory stands, in words. */
export function stateText(d: Directory, words: ReturnType<typeof useDirectoryWords>): string {
  if (d.paused) return words.paused;
  return isOnlyAsked(d) ? words.asked[d.live] : words.states[d.state];
}

/** StateMark is how a directory stands: the icon with its word. */
export function StateMark({ directory: d }: { directory: Directory }) {
  const words = useDirectoryWords();
  const Icon = d.paused ? StaleIcon : isOnlyAsked(d) ? SearchIcon : icons[d.state];
  return (
    <span className={classes.directoryState} data-state={d.paused ? "held" : isOnlyAsked(d) ? "asked" : d.state}>
      <Icon />
      {stateText(d, words)}
    </span>
  );
}
