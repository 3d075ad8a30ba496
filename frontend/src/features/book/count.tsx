import { clock } from "../../words/time";
import classes from "./book.module.css";
import { type Found, isNarrowed, type Search, type useLiveSearch } from "./queries";
import { useBookWords } from "./words";

type Props = { search: Search; cached: Found; n: number; live: ReturnType<typeof useLiveSearch> };

/** Count says how many there are and who was asked; screen readers hear it when it changes. */
export function Count({ search, cached, n, live }: Props) {
  const { count } = useBookWords();
  const what = live.answer
    ? count.joined(n)
    : cached.more
      ? search.text === "" && !isNarrowed(search)
        ? count.first
        : count.foundMore(n)
      : count.found(n);
  return (
    <p className={classes.count} role="status">
      {n > 0 ? what : null}
      {live.isAsking ? <span>{count.asking(cached.directories.length)}</span> : null}
      {live.answer ? <span>{asked(live.answer, clock(new Date(live.at)), count)}</span> : null}
    </p>
  );
}

function asked({ directories }: Found, time: string, count: ReturnType<typeof useBookWords>["count"]): string {
  const answered = directories.filter((d) => d.state === "live").length;
  const down = directories.filter((d) => d.state === "down" || d.state === "incomplete").length;
  if (answered + down === 0) return count.noneAsked;
  return down === 0 ? count.allAnswered(answered, time) : count.someAnswered(answered, answered + down, time);
}
