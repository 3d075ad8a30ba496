import { Button, Popover, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { announce } from "../../../components/announce";
import { ProblemState } from "../../../components/state";
import classes from "../book.module.css";
import { useChangeGroups, useGroups, withMembers } from "./queries";
import { useOwnWords } from "./words";

type Member = { id: string; address: string };

/** GroupMenu puts entries into one of the user's groups, or makes a group of them. */
export function GroupMenu({ members, size = "xs" }: { members: readonly Member[]; size?: "xs" | "sm" }) {
  const { menu: words } = useOwnWords();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} withinPortal={false} trapFocus position="bottom-start">
      <Popover.Target>
        <Button size={size} variant="default" disabled={members.length === 0} onClick={() => setOpened(!opened)}>
          {words.open}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.open}>
        {opened ? <Choice members={members} close={() => setOpened(false)} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

function Choice({ members, close }: { members: readonly Member[]; close: () => void }) {
  const { menu: words } = useOwnWords();
  const groups = useGroups();
  const { make, save } = useChangeGroups();
  const [name, setName] = useState("");
  const kept = members.map(({ id, address }) => ({ id, address }));
  const done = (group: string) => {
    announce(words.added(members.length, group));
    close();
  };
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (name.trim() === "") return;
    make.mutate({ name: name.trim(), members: kept }, { onSuccess: (g) => done(g.name) });
  };
  const error = groups.error ?? make.error ?? save.error;
  return (
    <div className={classes.menu}>
      {error ? <ProblemState error={error} inline /> : null}
      {groups.data?.map((g) => (
        <Button
          key={g.id}
          size="xs"
          variant="subtle"
          justify="flex-start"
          disabled={save.isPending}
          onClick={() =>
            save.mutate({ id: g.id, input: withMembers(g, kept) }, { onSuccess: (saved) => done(saved.name) })
          }
        >
          {words.into(g.name, g.members.length)}
        </Button>
      ))}
      <form className={classes.line} onSubmit={onSubmit}>
        <TextInput
          size="xs"
          aria-label={words.name}
          placeholder={words.name}
          maxLength={200}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <Button size="xs" type="submit" variant="default" disabled={name.trim() === "" || make.isPending}>
          {words.make}
        </Button>
      </form>
    </div>
  );
}
