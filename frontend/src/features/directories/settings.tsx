import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ask } from "../../api/client";
import { useInstallation, useRoles } from "../../api/queries";
import type { Directory, DirectorySettings } from "../../api/types";
import { announce } from "../../components/announce";
import { ClearanceEditor } from "../../components/clearance/editor";
import { ProblemState, SkeletonRows } from "../../components/state";
import classes from "./directories.module.css";
import { useAct, useIsGoing } from "./queries";
import { Refused } from "./refused";
import { useDirectoryWords } from "./words";

/** useMayChange tells whether the user may change directories here: an administrator may, where the machine's file does not govern. */
export function useMayChange(): boolean {
  const installation = useInstallation();
  const roles = useRoles();
  return installation.data?.managed === false && roles.includes("administrator");
}

/** useMayRead tells whether the user may have directories read and tested: who only looks after the log may not. */
export function useMayRead(): boolean {
  return useRoles().some((r) => r === "drafter" || r === "administrator");
}

/** Settings change what a directory decides for and how it is kept up to date. */
export function Settings({ directory: d }: { directory: Directory }) {
  const { settings: words } = useDirectoryWords();
  const mayChange = useMayChange();
  const [opened, setOpened] = useState(false);
  if (!mayChange) return null;
  return (
    <details onToggle={(e) => setOpened(e.currentTarget.open)}>
      <summary>{words.title}</summary>
      {opened ? <Loaded directory={d} /> : null}
    </details>
  );
}

function Loaded({ directory: d }: { directory: Directory }) {
  const { settings: words } = useDirectoryWords();
  const { name } = d;
  const settings = useQuery({
    queryKey: ["directories", "settings", name],
    enabled: !useIsGoing(name),
    queryFn: ({ signal }) => ask(api.GET("/api/directories/{name}/settings", { params: { path: { name } }, signal })),
    gcTime: 0,
  });
  if (settings.error && !settings.data) return <ProblemState error={settings.error} inline />;
  if (!settings.data) return <SkeletonRows rows={4} label={words.loading} />;
  return <Form directory={d} begin={settings.data} />;
}

const split = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

/** Typed is the form as it is typed: lists are texts. */
type Typed = Omit<DirectorySettings, "mailDomains" | "chatDomains" | "pins"> & {
  mail: string;
  chat: string;
  pins: string;
};

function Form({ directory: d, begin }: { directory: Directory; begin: DirectorySettings }) {
  const all = useDirectoryWords();
  const words = all.settings;
  const { change } = useAct(d.name);
  const { mailDomains, chatDomains, pins, ...others } = begin;
  const [f, setForm] = useState<Typed>({
    ...others,
    mail: mailDomains.join(" "),
    chat: chatDomains.join(" "),
    pins: pins.join(" "),
  });
  const set = (part: Partial<Typed>) => setForm((now) => ({ ...now, ...part }));
  const isFile = d.security === "ldif";
  const isOpen = d.security === "plain" || isFile;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    // Of the settings as they were when the form was opened, or saved last: whoever changed them meanwhile is not overwritten.
    change.mutate(settingsOf(f), {
      onSuccess: (done) => {
        if (done.revision) set({ revision: done.revision });
        announce([words.saved(d.name), ...done.warnings].join(". "));
      },
    });
  };
  const text = (key: "mail" | "chat" | "every" | "fullEvery" | "keep" | "pins", description: string) => ({
    description,
    value: f[key],
    maxLength: 10_000,
    autoComplete: "off",
    spellCheck: false,
    onChange: (e: { currentTarget: HTMLInputElement }) => set({ [key]: e.currentTarget.value }),
  });
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput label={words.mail} {...text("mail", words.domainsHint)} />
      <TextInput label={words.chat} {...text("chat", words.domainsHint)} />
      {isFile ? null : (
        <>
          <NativeSelect
            label={words.mode}
            description={all.modeMeans[f.mode]}
            value={f.mode}
            onChange={(e) => set({ mode: e.currentTarget.value === "mirror" ? "mirror" : "look-up" })}
            data={(["look-up", "mirror"] as const).map((m) => ({ value: m, label: all.modes[m] }))}
          />
          <NativeSelect
            label={words.live}
            value={f.live}
            onChange={(e) => set({ live: lives.find((x) => x === e.currentTarget.value) ?? "" })}
            data={lives.map((x) => ({ value: x, label: x === "" ? words.asDelivered : all.lives[x] }))}
          />
        </>
      )}
      <NativeSelect
        label={words.lists}
        value={f.lists}
        onChange={(e) => set({ lists: lists.find((x) => x === e.currentTarget.value) ?? "" })}
        data={lists.map((x) => ({ value: x, label: x === "" ? words.asDelivered : words.listsAre[x] }))}
      />
      {f.mode === "mirror" ? (
        <>
          <TextInput label={words.every} {...text("every", words.timeHint)} />
          <TextInput label={words.fullEvery} {...text("fullEvery", words.timeHint)} />
        </>
      ) : (
        <TextInput label={words.keep} {...text("keep", words.timeHint)} />
      )}
      {isOpen ? (
        <fieldset className={classes.ceiling}>
          <legend>{words.ceiling}</legend>
          <p className={classes.small}>{words.ceilingHint}</p>
          <Checkbox
            label={words.hasCeiling}
            checked={f.plainCeiling !== undefined}
            onChange={(e) => {
              const { plainCeiling: _, ...rest } = f;
              setForm(e.currentTarget.checked ? { ...rest, plainCeiling: {} } : rest);
            }}
          />
          {f.plainCeiling ? (
            <ClearanceEditor value={f.plainCeiling} change={(plainCeiling) => set({ plainCeiling })} />
          ) : null}
        </fieldset>
      ) : (
        <TextInput label={words.pins} {...text("pins", words.pinsHint)} />
      )}
      <div className={classes.line}>
        <Button type="submit" disabled={change.isPending}>
          {words.save}
        </Button>
      </div>
      <Refused error={change.error} />
    </form>
  );
}

const lives = ["", "typing", "enter", "never"] as const;
const lists = ["", "address", "members"] as const;

/** settingsOf leaves out what has no effect in the mode that is chosen: the program refuses it there. */
function settingsOf({ mail, chat, pins, ...f }: Typed): DirectorySettings {
  const isMirror = f.mode === "mirror";
  return {
    ...f,
    mailDomains: split(mail),
    chatDomains: split(chat),
    pins: split(pins),
    every: isMirror ? f.every.trim() : "",
    fullEvery: isMirror ? f.fullEvery.trim() : "",
    maxLoss: isMirror ? f.maxLoss : 0,
    rate: isMirror ? f.rate : 0,
    keep: isMirror ? "" : f.keep.trim(),
  };
}
