import { memo, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Report } from "../../../api/problem";
import type { LabelSelection } from "../../../api/types";
import { announce } from "../../../components/announce";
import { fold } from "../addresses";
import { type Known, remember } from "../names";
import { shortNames } from "../shape";
import type { Field } from "../state";
import { useDraftWords } from "../words";
import { AllRecipients } from "./all";
import { Chips, chipsOf, reportsOf } from "./chips";
import type { Expanded } from "./expand";
import { OpenedGroup } from "./group";
import { Suggestions } from "./list";
import { type Change, expanded, moved, otherField } from "./lists";
import { dropOn, type Preview } from "./moving";
import classes from "./recipients.module.css";
import { useField } from "./use-field";
import { useRecipientWords } from "./words";

type Props = {
  field: Field;
  label: string;
  addresses: string[];
  /** The recipients of the other field. */
  others: string[];
  channel: "mail" | "chat";
  /** The draft's label: completion says who may receive it. */
  selection: LabelSelection | null;
  typing: string;
  report: Report | undefined;
  nameOf: (address: string) => Known | undefined;
  preview: Preview;
  locked: boolean;
  focusAtFirst?: boolean;
  onAdd: (field: Field, addresses: string[]) => void;
  onRemove: (addresses: string[]) => void;
  onChange: (change: Change) => void;
  onTyping: (field: Field, text: string) => void;
  aside?: React.ReactNode;
};

/** What lies open below the chips: everybody of the field, or one group of it. */
type Opened = { is: "nothing" } | { is: "all" } | { is: "group"; address: string };

const nothing: Opened = { is: "nothing" };

/** RecipientField is the one search over all nations: chips for who was chosen, completion for who may be meant. */
export const RecipientField = memo(function RecipientField(props: Props) {
  const { field, label, addresses, others, report, nameOf, preview, locked, onAdd, onRemove, onTyping } = props;
  const words = useDraftWords();
  const own = useRecipientWords();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const f = useField({
    addresses,
    others,
    label: props.selection,
    typing: props.typing,
    add: (found) => onAdd(field, found),
    remove: onRemove,
    typed: (text) => onTyping(field, text),
    toChips: () => chipsOf(box.current).at(-1)?.focus(),
  });
  const input = f.input;
  const toInput = useCallback(() => input.current?.focus(), [input]);
  useEffect(() => {
    if (props.focusAtFirst) toInput();
  }, [props.focusAtFirst, toInput]);
  const reports = useMemo(() => reportsOf(report), [report]);
  const act = useActs(props, toInput);
  const [over, setOver] = useState(false);
  const [overOther, setOverOther] = useState(false);
  const other = otherField(field);
  const { opened, setOpened } = act;
  const group = opened.is === "group" && addresses.includes(opened.address) ? opened.address : "";
  return (
    <div
      className={classes.row}
      role="group"
      aria-label={label}
      data-over={over || undefined}
      {...dropOn(field, act.move, setOver)}
    >
      <label htmlFor={id}>{label}</label>
      <div className={classes.box} ref={box}>
        <Chips
          field={field}
          addresses={addresses}
          reports={reports}
          nameOf={nameOf}
          preview={preview}
          isAllOpen={opened.is === "all"}
          onRemove={onRemove}
          onMove={act.moveAway}
          onOpenAll={act.openAll}
          onOpenGroup={act.openGroup}
          toInput={toInput}
        />
        {opened.is === "all" && addresses.length > 0 ? (
          <AllRecipients
            field={field}
            addresses={addresses}
            reports={reports}
            nameOf={nameOf}
            onRemove={onRemove}
            onMove={act.moveAway}
            close={act.close}
          />
        ) : null}
        {group ? (
          <OpenedGroup
            address={group}
            channel={props.channel}
            known={nameOf(group)}
            report={reports.get(fold(group))}
            replace={act.replace}
            close={() => setOpened(nothing)}
          />
        ) : null}
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
      <span className={classes.aside} data-over={overOther || undefined} {...dropOn(other, act.move, setOverOther)}>
        {props.aside}
      </span>
      {f.left ? <p className={classes.left}>{words.recipients.notUnderstood(f.left)}</p> : null}
      {f.twice.length > 0 ? (
        <p className={`${classes.twice} quiet`} role="status">
          {own.twice(f.twice.length, shortNames(f.twice, own.and))}
        </p>
      ) : null}
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

/** useActs is what can be done with the chips of a field: move them to the other, open a group, open all. */
function useActs({ field, nameOf, onChange }: Props, toInput: () => void) {
  const words = useDraftWords();
  const own = useRecipientWords();
  const [opened, setOpened] = useState<Opened>(nothing);
  const called = useRef(nameOf);
  useEffect(() => {
    called.current = nameOf;
  });
  const move = useCallback(
    (addresses: string[], to: Field) => {
      onChange((now) => moved(now, addresses, to));
      const names = addresses.map((a) => called.current(a)?.name || a).join(", ");
      announce(own.moved(names, words.fields[to]));
    },
    [onChange, own, words],
  );
  const moveAway = useCallback((addresses: string[]) => move(addresses, otherField(field)), [move, field]);
  const replace = useCallback(
    (group: string, members: Expanded["members"]) => {
      for (const m of members) remember(m.address, m);
      const name = called.current(group)?.name || group;
      onChange((now) =>
        expanded(
          now,
          group,
          members.map((m) => m.address),
        ),
      );
      setOpened(nothing);
      toInput();
      announce(own.opened.replaced(name, members.length));
    },
    [onChange, own, toInput],
  );
  const openGroup = useCallback((address: string) => setOpened({ is: "group", address }), []);
  const openAll = useCallback(() => setOpened((now) => (now.is === "all" ? nothing : { is: "all" })), []);
  const close = useCallback(() => {
    setOpened(nothing);
    toInput();
  }, [toInput]);
  return { opened, setOpened, move, moveAway, replace, openGroup, openAll, close };
}
