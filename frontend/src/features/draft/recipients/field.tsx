import { memo, useCallback, useEffect, useId, useRef } from "react";
import type { Report } from "../../../api/problem";
import type { Known } from "../names";
import type { Field } from "../state";
import { useDraftWords } from "../words";
import { Chips, chipsOf } from "./chips";
import { Suggestions } from "./list";
import classes from "./recipients.module.css";
import { useField } from "./use-field";

type Props = {
  field: Field;
  label: string;
  addresses: string[];
  typing: string;
  report: Report | undefined;
  nameOf: (address: string) => Known | undefined;
  leaving: string[];
  locked: boolean;
  focusAtFirst?: boolean;
  onAdd: (field: Field, addresses: string[]) => void;
  onRemove: (addresses: string[]) => void;
  onTyping: (field: Field, text: string) => void;
  aside?: React.ReactNode;
};

/** RecipientField is the one search over all nations: chips for who was chosen, completion for who may be meant. */
export const RecipientField = memo(function RecipientField(props: Props) {
  const { field, label, addresses, report, nameOf, leaving, locked, focusAtFirst, onAdd, onRemove, onTyping } = props;
  const words = useDraftWords();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const f = useField({
    addresses,
    typing: props.typing,
    add: (found) => onAdd(field, found),
    remove: onRemove,
    typed: (text) => onTyping(field, text),
    toChips: () => chipsOf(box.current).at(-1)?.focus(),
  });
  const input = f.input;
  const toInput = useCallback(() => input.current?.focus(), [input]);
  useEffect(() => {
    if (focusAtFirst) toInput();
  }, [focusAtFirst, toInput]);
  return (
    <div className={classes.row} role="group" aria-label={label}>
      <label htmlFor={id}>{label}</label>
      <div className={classes.box} ref={box}>
        <Chips
          addresses={addresses}
          report={report}
          nameOf={nameOf}
          leaving={leaving}
          onRemove={onRemove}
          toInput={toInput}
        />
        <input
          id={id}
          ref={input}
          className={classes.input}
          value={f.text}
          disabled={locked}
          placeholder={addresses.length === 0 ? words.recipients.hint : undefined}
          autoComplete="off"
          spellCheck={false}
          data-search={field === "action" ? true : undefined}
          role="combobox"
          aria-expanded={f.open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={f.open && f.options[f.active] ? `${id}-${f.active}` : undefined}
          onChange={(e) => f.type(e.currentTarget.value)}
          onKeyDown={f.onKeyDown}
          onPaste={f.onPaste}
          onBlur={f.onBlur}
          onFocus={f.onFocus}
        />
      </div>
      <span className={classes.aside}>{props.aside}</span>
      {f.left ? <p className={classes.left}>{words.recipients.notUnderstood(f.left)}</p> : null}
      {f.open ? (
        <Suggestions
          id={id}
          options={f.options}
          active={f.active}
          completion={f.completion}
          choose={f.choose}
          setActive={f.setActive}
        />
      ) : null}
    </div>
  );
});
