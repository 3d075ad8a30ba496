import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Failed } from "../../../components/failed";
import { ProblemState, SkeletonRows } from "../../../components/state";
import classes from "../book.module.css";
import { Group } from "./group";
import { useChangeGroups, useGroups } from "./queries";
import { useOwnWords } from "./words";

/** Groups are the user's own lists. */
export function Groups() {
  const words = useOwnWords();
  const groups = useGroups();
  const { make } = useChangeGroups();
  const [name, setName] = useState("");
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (name.trim() === "") return;
    make.mutate({ name: name.trim(), members: [] }, { onSuccess: () => setName("") });
  };
  return (
    <section aria-labelledby="groups">
      <h2 id="groups">{words.groups}</h2>
      <Failed error={groups.error} hasOld={groups.data !== undefined} retry={() => void groups.refetch()} />
      {groups.isPending ? <SkeletonRows rows={3} label={words.loading} /> : null}
      {groups.data?.length === 0 ? <p className="quiet">{words.noGroups}</p> : null}
      <ul className={classes.groups}>
        {groups.data?.map((g) => (
          <Group key={g.id} group={g} />
        ))}
      </ul>
      <form className={classes.line} onSubmit={onSubmit}>
        <TextInput
          size="xs"
          aria-label={words.group.new}
          placeholder={words.group.new}
          maxLength={200}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <Button size="xs" type="submit" variant="default" disabled={name.trim() === "" || make.isPending}>
          {words.group.make}
        </Button>
      </form>
      {make.error ? <ProblemState error={make.error} inline /> : null}
    </section>
  );
}
