import { ActionIcon, Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import type { OwnGroup } from "../../../api/types";
import { announce } from "../../../components/announce";
import { CloseIcon } from "../../../components/icons";
import { Nation } from "../../../components/nation";
import { place } from "../../../components/place";
import { ProblemState } from "../../../components/state";
import classes from "../book.module.css";
import { writeTo } from "../marked";
import { inputOf, useChangeGroups, withoutMember } from "./queries";
import { useOwnWords } from "./words";

/** Group is one of the user's lists: its members, and what can be done with it. What is deleted can be taken back. */
export function Group({ group: g }: { group: OwnGroup }) {
  const words = useOwnWords();
  const [, go] = useLocation();
  const { make, save, remove } = useChangeGroups();
  const [renaming, setRenaming] = useState(false);
  const addresses = g.members.map((m) => m.address).filter((a) => a !== "");
  const failed = { onError: () => announce(words.failed) };
  const removeIt = () =>
    remove.mutate(g.id, {
      ...failed,
      onSuccess: () =>
        announce(words.group.removed(g.name), { text: words.undo, run: () => make.mutate(inputOf(g), failed) }),
    });
  const takeOut = (id: string, name: string) =>
    save.mutate(
      { id: g.id, input: withoutMember(g, id) },
      {
        ...failed,
        onSuccess: () =>
          announce(words.group.takenOut(name), {
            text: words.undo,
            run: () => save.mutate({ id: g.id, input: inputOf(g) }, failed),
          }),
      },
    );
  return (
    <li>
      <div className={classes.line}>
        {renaming ? (
          <Rename
            name={g.name}
            rename={(name) => save.mutate({ id: g.id, input: { ...inputOf(g), name } }, failed)}
            close={() => setRenaming(false)}
          />
        ) : (
          <>
            <strong>{g.name}</strong>
            <span className="quiet">{words.group.members(g.members.length)}</span>
            <Button size="xs" disabled={addresses.length === 0} onClick={() => go(writeTo(addresses))}>
              {words.group.write(addresses.length)}
            </Button>
            <Button size="xs" variant="default" onClick={() => setRenaming(true)}>
              {words.group.rename}
            </Button>
            <ActionIcon
              variant="default"
              size={28}
              disabled={remove.isPending}
              aria-label={words.group.remove(g.name)}
              title={words.group.remove(g.name)}
              onClick={removeIt}
            >
              <CloseIcon />
            </ActionIcon>
          </>
        )}
      </div>
      {save.error ? <ProblemState error={save.error} inline /> : null}
      {g.members.length === 0 ? <p className="quiet">{words.group.empty}</p> : null}
      <ul className={classes.used}>
        {g.members.map((m) => (
          <li key={m.id}>
            <Nation code={m.hit?.nation ?? ""} />
            <span>
              {m.hit ? <Link href={place("/book/own", m.id)}>{m.name}</Link> : m.name}{" "}
              <span className="quiet">
                {m.address}
                {m.state === "known" ? "" : ` · ${m.state === "moved" ? words.moved : words.gone}`}
              </span>
            </span>
            <ActionIcon
              variant="subtle"
              size={28}
              disabled={save.isPending}
              aria-label={words.group.takeOut(m.name)}
              title={words.group.takeOut(m.name)}
              onClick={() => takeOut(m.id, m.name)}
            >
              <CloseIcon />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </li>
  );
}

type RenameProps = { name: string; rename: (name: string) => void; close: () => void };

function Rename({ name, rename, close }: RenameProps) {
  const { group: words } = useOwnWords();
  const [text, setText] = useState(name);
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (text.trim() === "") return;
    if (text.trim() !== name) rename(text.trim());
    close();
  };
  return (
    <form className={classes.line} onSubmit={onSubmit}>
      <TextInput
        size="xs"
        data-autofocus
        ref={(field) => field?.focus()}
        aria-label={words.name}
        maxLength={200}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== "Escape") return;
          e.preventDefault();
          close();
        }}
      />
      <Button size="xs" type="submit" variant="default">
        {words.save}
      </Button>
      <Button size="xs" variant="subtle" onClick={close}>
        {words.cancel}
      </Button>
    </form>
  );
}
