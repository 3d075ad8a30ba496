import { Autocomplete } from "@mantine/core";
import { useState } from "react";
import classes from "./book.module.css";
import { useOrganisations } from "./queries";
import { useBookWords } from "./words";

type Props = { value: string; set: (organisation: string) => void };

/** OrganisationFilter completes the name of an organisation or unit; only a name that the book has narrows the search. */
export function OrganisationFilter({ value, set }: Props) {
  const { search: words } = useBookWords();
  const [typed, setTyped] = useState<string>();
  const found = useOrganisations(typed ?? "");
  return (
    <Autocomplete
      size="xs"
      className={classes.organisation}
      aria-label={words.organisation}
      placeholder={words.allOrganisations}
      value={typed ?? value}
      data={found.data ?? []}
      filter={({ options }) => options}
      limit={20}
      maxLength={200}
      comboboxProps={{ withinPortal: false, width: 280, position: "bottom-start" }}
      onChange={(text) => {
        setTyped(text);
        if (text === "") set("");
      }}
      onOptionSubmit={(name) => {
        setTyped(undefined);
        set(name);
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}
