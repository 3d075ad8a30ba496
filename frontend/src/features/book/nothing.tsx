import { Button } from "@mantine/core";
import { EmptyState, ProblemState } from "../../components/state";
import classes from "./book.module.css";
import { everything, type Found, hasWord, isNarrowed, isUnread, type Search } from "./queries";
import { useReadDirectories } from "./reading";
import { useBookWords } from "./words";

type Props = {
  search: Search;
  setSearch: (search: Search) => void;
  cached: Found;
  live: Found | undefined;
  askAll: () => void;
  isAsking: boolean;
};

/** Nothing stands where no entry was found, and says what can be done about it: each reason has another way on. */
export function Nothing({ search, setSearch, cached, live, askAll, isAsking }: Props) {
  const { none, empty, search: field } = useBookWords();
  const narrowed = isNarrowed(search);
  const reset = narrowed ? (
    <Button variant="default" onClick={() => setSearch({ ...everything, text: search.text })}>
      {none.reset}
    </Button>
  ) : null;
  if (live) {
    return (
      <EmptyState title={none.liveTitle(search.text)} action={reset}>
        {live.incomplete ? none.liveSome : none.liveHint}
      </EmptyState>
    );
  }
  if (cached.directories.length === 0 && !narrowed) return <NoDirectories />;
  if (isUnread(cached.directories)) return <Unread />;
  if (search.text === "" && !narrowed) return <EmptyState title={empty.lookUpTitle}>{empty.lookUpHint}</EmptyState>;
  if (search.text !== "" && !hasWord(search.text))
    return <EmptyState title={none.letters}>{none.lettersHint}</EmptyState>;
  return (
    <EmptyState
      title={search.text ? none.title(search.text) : none.filtered}
      action={
        <div className={classes.buttons}>
          {search.text ? (
            <Button onClick={askAll} disabled={isAsking}>
              {field.live}
            </Button>
          ) : null}
          {reset}
        </div>
      }
    >
      {none.hint}
    </EmptyState>
  );
}

function NoDirectories() {
  const { empty } = useBookWords();
  return (
    <EmptyState title={empty.noDirectories} action={<code className="mono">caveat directory add --help</code>}>
      {empty.noDirectoriesHint}
    </EmptyState>
  );
}

/** Unread teaches the first step of all: to read the directories. */
function Unread() {
  const { empty } = useBookWords();
  const reading = useReadDirectories();
  if (reading.error) return <ProblemState error={reading.error} retry={reading.read} />;
  return (
    <EmptyState
      title={reading.hasEnded ? empty.failed : empty.title}
      action={
        <Button onClick={reading.read} disabled={reading.isReading}>
          {reading.isReading ? empty.reading : empty.read}
        </Button>
      }
    >
      {empty.hint}
    </EmptyState>
  );
}
