import { type Dispatch, memo, useEffect, useId, useState } from "react";
import type { Problem } from "../../../api/problem";
import { ChevronIcon } from "../../../components/icons";
import panel from "../../../components/panel.module.css";
import composer from "../composer.module.css";
import type { Action, Military } from "../state";
import classes from "./military.module.css";
import { listOf, messageTypeOf, messageTypes, militaryKey, precedences, typeOf } from "./values";
import { type MilitaryWords, useMilitaryWords } from "./words";

type Props = {
  fields: Military;
  /** What the program refused; where it names one of these fields, the row opens and says so there. */
  problem: Problem | undefined;
  isLocked: boolean;
  opened: boolean;
  setOpened: (opened: boolean) => void;
  dispatch: Dispatch<Action>;
};

/** MilitaryRow says in one line which fields of a military message are set, and opens them. */
export const MilitaryRow = memo(function MilitaryRow({
  fields,
  problem,
  isLocked,
  opened,
  setOpened,
  dispatch,
}: Props) {
  const words = useMilitaryWords();
  const id = useId();
  const [refused, setRefused] = useState({ problem, fields });
  if (refused.problem !== problem) setRefused({ problem, fields });
  // What was changed since is not what was refused.
  const wrong = refused.fields === fields ? militaryKey(problem?.field) : undefined;
  useEffect(() => {
    if (wrong) setOpened(true);
  }, [wrong, setOpened]);
  const said = sumOf(fields, words);
  return (
    <div>
      <div className={composer.row}>
        <span className={composer.label}>{words.title}</span>
        <button
          type="button"
          className={`${panel.act} ${classes.sum}`}
          aria-expanded={opened}
          aria-controls={opened ? id : undefined}
          aria-label={`${words.open}: ${said || words.none}`}
          data-military
          onClick={() => setOpened(!opened)}
        >
          <span className={said ? undefined : "quiet"}>{said || words.none}</span>
          <ChevronIcon up={opened} size={14} />
        </button>
      </div>
      {opened ? (
        <fieldset id={id} className={classes.fields} aria-label={words.open} disabled={isLocked}>
          <Fields fields={fields} wrong={wrong} detail={problem?.detail ?? ""} dispatch={dispatch} />
        </fieldset>
      ) : null}
    </div>
  );
});

/** sumOf says what is set, in one line. */
function sumOf(f: Military, words: MilitaryWords): string {
  const named = (p: string) => words.precedence[p.toLowerCase()] ?? p;
  const { kind, identifier } = typeOf(f.messageType);
  const said = [
    f.primaryPrecedence ? words.action(named(f.primaryPrecedence)) : "",
    f.copyPrecedence ? words.info(named(f.copyPrecedence)) : "",
    f.sic?.length ? words.sicShort(f.sic.join(", ")) : "",
    kind ? [words.type[kind.toLowerCase()] ?? kind, identifier].filter(Boolean).join(" ") : "",
    f.originatorReference ? words.reference(f.originatorReference) : "",
    f.handling?.join(", ") ?? "",
  ];
  return said.filter(Boolean).join(" · ");
}

type FieldsProps = Pick<Props, "fields" | "dispatch"> & { wrong: keyof Military | undefined; detail: string };

function Fields({ fields, wrong, detail, dispatch }: FieldsProps) {
  const words = useMilitaryWords();
  const choose = (change: Military) => dispatch({ type: "military", fields: change });
  const type = (change: Military) => dispatch({ type: "military", fields: change, typed: true });
  const { kind, identifier } = typeOf(fields.messageType);
  const about = (key: keyof Military) => ({
    label: words.fields[key],
    wrong: wrong === key ? words.wrong(detail) : "",
  });
  return (
    <>
      <Choice
        {...about("primaryPrecedence")}
        value={fields.primaryPrecedence ?? ""}
        names={precedences}
        say={words.precedence}
        choose={(v) => choose({ primaryPrecedence: v || undefined })}
      />
      <Choice
        {...about("copyPrecedence")}
        value={fields.copyPrecedence ?? ""}
        names={precedences}
        say={words.precedence}
        choose={(v) => choose({ copyPrecedence: v || undefined })}
      />
      <ListField {...about("sic")} values={fields.sic} set={(sic) => type({ sic })} hint={words.codes} />
      <TextField
        {...about("originatorReference")}
        value={fields.originatorReference ?? ""}
        set={(v) => type({ originatorReference: v || undefined })}
      />
      <Choice
        {...about("messageType")}
        value={kind}
        names={messageTypes}
        say={words.type}
        choose={(v) => choose({ messageType: messageTypeOf(v, identifier) })}
      />
      {kind ? (
        <TextField
          label={words.identifier}
          wrong=""
          value={identifier}
          set={(v) => type({ messageType: messageTypeOf(kind, v.replaceAll('"', "")) })}
        />
      ) : null}
      <ListField
        {...about("handling")}
        values={fields.handling}
        set={(handling) => type({ handling })}
        hint={words.several}
      />
    </>
  );
}

type FieldProps = { label: string; wrong: string };

function Wrong({ id, text }: { id: string; text: string }) {
  return text ? (
    <span id={id} className={`${panel.wrong} ${classes.wrong}`} role="alert">
      {text}
    </span>
  ) : null;
}

type ChoiceProps = FieldProps & {
  value: string;
  names: readonly string[];
  say: Record<string, string>;
  choose: (value: string) => void;
};

function Choice({ label, wrong, value, names, say, choose }: ChoiceProps) {
  const words = useMilitaryWords();
  const id = useId();
  const known = names.find((n) => n === value.toLowerCase());
  return (
    <div className={classes.field}>
      <label className={panel.name} htmlFor={id}>
        {label}
      </label>
      <select
        className={panel.input}
        id={id}
        value={known ?? value}
        aria-invalid={wrong !== "" || undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={(e) => choose(e.currentTarget.value)}
      >
        <option value="">{words.notSet}</option>
        {names.map((n) => (
          <option key={n} value={n}>
            {say[n] ?? n}
          </option>
        ))}
        {value !== "" && !known ? <option value={value}>{value}</option> : null}
      </select>
      <Wrong id={`${id}-wrong`} text={wrong} />
    </div>
  );
}

type TextFieldProps = FieldProps & { value: string; set: (value: string) => void; hint?: string };

function TextField({ label, wrong, value, set, hint }: TextFieldProps) {
  const id = useId();
  return (
    <div className={classes.field}>
      <label className={panel.name} htmlFor={id}>
        {label}
      </label>
      <input
        className={panel.input}
        id={id}
        value={value}
        autoComplete="off"
        placeholder={hint}
        aria-invalid={wrong !== "" || undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={(e) => set(e.currentTarget.value)}
      />
      <Wrong id={`${id}-wrong`} text={wrong} />
    </div>
  );
}

type ListProps = FieldProps & {
  values: string[] | undefined;
  set: (values: string[] | undefined) => void;
  hint: string;
};

const joined = (values: string[] | undefined) => values?.join(", ") ?? "";

/** ListField keeps the commas as they are typed; what else changes the list (undo, another version) shows. */
function ListField({ values, set, ...field }: ListProps) {
  const [text, setText] = useState(joined(values));
  const shown = joined(listOf(text)) === joined(values) ? text : joined(values);
  return (
    <TextField
      {...field}
      value={shown}
      set={(v) => {
        setText(v);
        set(listOf(v));
      }}
    />
  );
}
