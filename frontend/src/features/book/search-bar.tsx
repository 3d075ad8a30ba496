import { Button, TextInput } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { SearchIcon } from "../../components/icons";
import classes from "./book.module.css";
import { Filters } from "./filters";
import { hasWord, type Search } from "./queries";
import { useBookWords } from "./words";

type Props = {
  search: Search;
  setSearch: (search: Search) => void;
  /** enter: the partners that keep no copy here; all: every directory. */
  ask: (how: "enter" | "all") => void;
  toList: () => void;
  isAsking: boolean;
  stop: () => void;
};

/** SearchBar is the one field over all nations, narrowed by what stands below it. Enter asks partners that keep no copy here. */
export function SearchBar({ search, setSearch, ask, toList, isAsking, stop }: Props) {
  const { search: words } = useBookWords();
  const field = useRef<HTMLInputElement>(null);
  // Who opens the book wants to search: typed letters must not be taken for the keys of the app.
  useEffect(() => {
    if (window.location.pathname === "/book") field.current?.focus();
  }, []);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return;
    if (e.key === "Enter") ask("enter");
    else if (e.key === "ArrowDown") toList();
    else return;
    e.preventDefault();
  };
  return (
    <div role="search" className={classes.bar}>
      <div className={classes.line}>
        <TextInput
          ref={field}
          className={classes.field}
          data-search
          type="search"
          aria-label={words.field}
          placeholder={words.hint}
          leftSection={<SearchIcon />}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={search.text}
          onChange={(e) => setSearch({ ...search, text: e.currentTarget.value })}
          onKeyDown={onKeyDown}
        />
        {isAsking ? (
          <Button variant="default" onClick={stop}>
            {words.stop}
          </Button>
        ) : (
          <Button
            variant="default"
            onClick={() => ask("all")}
            disabled={!hasWord(search.text)}
            title={hasWord(search.text) ? words.liveHint : words.liveNeeds}
          >
            {words.live}
          </Button>
        )}
      </div>
      <Filters search={search} setSearch={setSearch} />
    </div>
  );
}
