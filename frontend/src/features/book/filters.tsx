import { Button, NativeSelect } from "@mantine/core";
import { useDirectories } from "../../api/queries";
import { LabelChoice } from "../../components/label/choice";
import { useWords } from "../../words/language";
import classes from "./book.module.css";
import { OrganisationFilter } from "./organisation";
import { everything, isNarrowed, type Search } from "./queries";
import { useBookWords } from "./words";

const kinds = ["person", "role", "list", "room", "organisation"] as const;
const channels = ["mail", "chat"] as const;

type Props = { search: Search; setSearch: (search: Search) => void };

/** Filters narrow what is found: by nation, kind, organisation and channel, and to those who may receive a label. */
export function Filters({ search, setSearch }: Props) {
  const shared = useWords();
  const { search: words, none } = useBookWords();
  const directories = useDirectories();
  const nations = [...new Set(directories.data?.map((d) => d.nation))].sort();
  return (
    <div className={classes.line}>
      <NativeSelect
        size="xs"
        aria-label={words.nation}
        value={search.nation}
        onChange={(e) => setSearch({ ...search, nation: e.currentTarget.value })}
        data={[{ value: "", label: words.allNations }, ...nations.map((n) => ({ value: n, label: n }))]}
      />
      <NativeSelect
        size="xs"
        aria-label={words.kind}
        value={search.kind}
        onChange={(e) => setSearch({ ...search, kind: kinds.find((k) => k === e.currentTarget.value) ?? "" })}
        data={[{ value: "", label: words.allKinds }, ...kinds.map((k) => ({ value: k, label: shared.kind[k] }))]}
      />
      <OrganisationFilter value={search.organisation} set={(organisation) => setSearch({ ...search, organisation })} />
      <NativeSelect
        size="xs"
        aria-label={words.channel}
        value={search.channel}
        onChange={(e) => setSearch({ ...search, channel: channels.find((c) => c === e.currentTarget.value) ?? "" })}
        data={[
          { value: "", label: words.allChannels },
          ...channels.map((c) => ({ value: c, label: words.channels[c] })),
        ]}
      />
      <LabelChoice
        size="xs"
        label={search.label}
        choose={(label) => setSearch({ ...search, label })}
        none={words.anyLabel}
        some={words.mayReceive}
      />
      {isNarrowed(search) ? (
        <Button
          size="xs"
          variant="subtle"
          title={none.reset}
          onClick={() => setSearch({ ...everything, text: search.text })}
        >
          {words.reset}
        </Button>
      ) : null}
    </div>
  );
}
