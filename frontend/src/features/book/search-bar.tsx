import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useDirectories } from "../../api/queries";
import { SearchIcon } from "../../components/icons";
import { useWords } from "../../words/language";
import classes from "./book.module.css";
import { hasWord, type Search } from "./queries";
import { useBookWords } from "./words";

type Props = {
  search: Search;
  setSearch: (search: Search) => void;
  askAll: () => void;
  toList: () => void;
  isAsking: boolean;
  stop: () => void;
};

const kinds = ["person", "role", "list", "room"] as const;

/** SearchBar is the one field over all nations, narrowed by nation and kind. Enter asks the directories themselves. */
export function SearchBar({ search, setSearch, askAll, toList, isAsking, stop }: Props) {
  const shared = useWords();
  const { search: words } = useBookWords();
  const directories = useDirectories();
  const field = useRef<HTMLInputElement>(null);
  // Who opens the book wants to search: typed letters must not be taken for the keys of the app.
  useEffect(() => {
    if (window.location.pathname === "/book") field.current?.focus();
  }, []);
  const nations = [...new Set(directories.data?.map((d) => d.nation))].sort();
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return;
    if (e.key === "Enter") askAll();
    else if (e.key === "ArrowDown") toList();
    else return;
    e.preventDefault();
  };
  return (
    <div role="search" className={classes.bar}>
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
      <NativeSelect
        aria-label={words.nation}
        value={search.nation}
        onChange={(e) => setSearch({ ...search, nation: e.currentTarget.value })}
        data={[{ value: "", label: words.allNations }, ...nations.map((n) => ({ value: n, label: n }))]}
      />
      <NativeSelect
        aria-label={words.kind}
        value={search.kind}
        onChange={(e) => setSearch({ ...search, kind: kinds.find((k) => k === e.currentTarget.value) ?? "" })}
        data={[{ value: "", label: words.allKinds }, ...kinds.map((k) => ({ value: k, label: shared.kind[k] }))]}
      />
      {isAsking ? (
        <Button variant="default" onClick={stop}>
          {words.stop}
        </Button>
      ) : (
        <Button
          variant="default"
          onClick={askAll}
          disabled={!hasWord(search.text)}
          title={hasWord(search.text) ? words.liveHint : words.liveNeeds}
        >
          {words.live}
        </Button>
      )}
    </div>
  );
}
