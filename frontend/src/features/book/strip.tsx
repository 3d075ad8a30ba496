import type { SearchDirectory } from "../../api/types";
import { BrokenIcon, ClearedIcon, SaveIcon, StaleIcon, UnknownIcon, WarningIcon } from "../../components/icons";
import { Nation } from "../../components/nation";
import { useWords } from "../../words/language";
import { age } from "../../words/time";
import classes from "./book.module.css";
import { useBookWords } from "./words";

type State = SearchDirectory["state"];

const icons = {
  live: ClearedIcon,
  cached: SaveIcon,
  incomplete: WarningIcon,
  down: BrokenIcon,
  "never-read": UnknownIcon,
  "not-asked": StaleIcon,
} satisfies Record<State, unknown>;

const quiet: State[] = ["live", "cached"];
const most = 8;

/** Shown is one directory, or all those of a quiet state when there are many. */
export type Shown = { state: State; directory?: SearchDirectory; count: number };

/** stripOf puts first what needs a look; of many directories those that need none are counted. */
export function stripOf(directories: readonly SearchDirectory[]): Shown[] {
  const one = (d: SearchDirectory): Shown => ({ state: d.state, directory: d, count: 1 });
  if (directories.length <= most) return directories.map(one);
  const loud = directories.filter((d) => !quiet.includes(d.state)).map(one);
  const counted = quiet.map((state) => ({ state, count: directories.filter((d) => d.state === state).length }));
  return [...loud, ...counted.filter((c) => c.count > 0)];
}

/** Strip says of each nation's directory how its part of the answer stands: asked just now, from the copy, or lacking. */
export function Strip({ directories }: { directories: readonly SearchDirectory[] }) {
  const { strip } = useBookWords();
  return (
    <ul className={classes.strip} aria-label={strip.title}>
      {stripOf(directories).map((s) => (
        <One key={s.directory?.name ?? s.state} shown={s} />
      ))}
    </ul>
  );
}

function One({ shown: { state, directory: d, count } }: { shown: Shown }) {
  const shared = useWords();
  const { strip } = useBookWords();
  const Icon = icons[state];
  const since = d?.readAt && state !== "live" ? age(d.readAt, shared) : "";
  const text = d ? strip.states[state](since) : strip.several[state](count);
  return (
    <li data-state={state} title={[d?.name, text, d?.why].filter(Boolean).join(" – ")}>
      {d ? <Nation code={d.nation} /> : null}
      <Icon size={12} />
      <span>{text}</span>
      {d?.why ? <span className="visually-hidden">{d.why}</span> : null}
    </li>
  );
}
