import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { DayField } from "../../components/moment-field";
import classes from "./audit.module.css";
import { everything, type Filter, isNarrowed } from "./queries";
import { useAuditWords } from "./words";

type Props = {
  filter: Filter;
  set: (f: Filter) => void;
  sent: boolean;
  /** Are lines that only record the state of the log shown among the others? */
  checkpoints: boolean;
  setCheckpoints: (shown: boolean) => void;
};

/** Filters narrow what is looked for. Words that are typed count after a pause, or when Enter is pressed or the field is left: the whole log is looked through. */
export function Filters({ filter, set, sent, checkpoints, setCheckpoints }: Props) {
  const { filter: words, types } = useAuditWords();
  return (
    <div className={classes.bar}>
      {sent ? null : (
        <NativeSelect
          size="xs"
          aria-label={words.type}
          value={filter.type}
          onChange={(e) => set({ ...filter, type: e.currentTarget.value })}
          data={[{ value: "", label: words.all }, ...Object.entries(types).map(([value, label]) => ({ value, label }))]}
        />
      )}
      <Field wide label={sent ? words.sent : words.text} value={filter.text} set={(text) => set({ ...filter, text })} />
      <Field label={words.who} value={filter.who} set={(who) => set({ ...filter, who })} />
      {sent ? null : (
        <Field label={words.message} value={filter.message} set={(message) => set({ ...filter, message })} />
      )}
      <Field label={words.actor} value={filter.actor} set={(actor) => set({ ...filter, actor })} />
      <Day label={words.from} value={filter.from} set={(from) => set({ ...filter, from })} />
      <Day label={words.to} value={filter.to} set={(to) => set({ ...filter, to })} />
      {sent || filter.type ? null : (
        <Switch
          size="xs"
          className={classes.checkpoints}
          label={words.checkpoints}
          checked={checkpoints}
          onChange={(e) => setCheckpoints(e.currentTarget.checked)}
        />
      )}
      {isNarrowed(filter) ? (
        <Button size="xs" variant="subtle" onClick={() => set(everything)}>
          {words.reset}
        </Button>
      ) : null}
    </div>
  );
}

const pause = 500; // in typing, after which the log is looked through, ms

type FieldProps = { label: string; value: string; set: (value: string) => void; wide?: boolean };

function Field({ label, value, set, wide = false }: FieldProps) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  useEffect(() => {
    if (value !== told.current) setTyped(value); // it was set by something else
    told.current = value;
  }, [value]);
  const found = (text: string) => {
    if (text.trim() === value) return;
    told.current = text.trim();
    set(told.current);
  };
  const soon = useDebouncedCallback(found, { delay: pause, flushOnUnmount: false });
  const done = () => {
    soon.cancel();
    found(typed);
  };
  return (
    <TextInput
      size="xs"
      className={wide ? classes.wide : classes.narrow}
      aria-label={label}
      placeholder={label}
      value={typed}
      maxLength={200}
      onChange={(e) => {
        setTyped(e.currentTarget.value);
        soon(e.currentTarget.value);
      }}
      onBlur={done}
      onKeyDown={(e) => (e.key === "Enter" ? done() : undefined)}
    />
  );
}

/** Day is a day with its name before it. */
export function Day({ label, value, set }: FieldProps) {
  return (
    <div className={classes.day}>
      <span className="quiet" aria-hidden>
        {label}
      </span>
      <DayField label={label} value={value} set={set} />
    </div>
  );
}
