import { type Dispatch, memo, type ReactNode, useCallback, useId, useState } from "react";
import type { Report } from "../../api/problem";
import type { Installation } from "../../api/types";
import classes from "./composer.module.css";
import type { Known } from "./names";
import { RecipientField } from "./recipients/field";
import type { Change } from "./recipients/lists";
import type { Preview } from "./recipients/moving";
import recipientClasses from "./recipients/recipients.module.css";
import { type Action, type Field, isLocked, type State } from "./state";
import { Body } from "./text/body";
import { useDraftWords } from "./words";

type Props = {
  state: State;
  dispatch: Dispatch<Action>;
  identities: Installation["identities"];
  report: Report | undefined;
  nameOf: (address: string) => Known | undefined;
  preview: Preview;
  isNew: boolean;
  /** What stands between the subject and the text. */
  children: ReactNode;
};

/** Fields are who, about what, and the text. */
export function Fields({ state, dispatch, identities, report, nameOf, preview, isNew, children }: Props) {
  const words = useDraftWords();
  const { content, phase } = state;
  const [withInfo, setWithInfo] = useState(false);
  const locked = isLocked(phase);
  const add = useCallback(
    (field: Field, addresses: string[]) => dispatch({ type: "added", field, addresses }),
    [dispatch],
  );
  const remove = useCallback((addresses: string[]) => dispatch({ type: "removed", addresses }), [dispatch]);
  const change = useCallback((how: Change) => dispatch({ type: "recipients", change: how }), [dispatch]);
  const halfTyped = useCallback(
    (field: Field, text: string) => dispatch({ type: "half-typed", field, text }),
    [dispatch],
  );
  const showInfo = withInfo || content.info.length > 0 || content.typing.info !== "";
  const { channel, label: selection } = content;
  const acts = { onAdd: add, onRemove: remove, onChange: change, onTyping: halfTyped };
  const shared = { channel, selection, report, nameOf, preview, locked, ...acts };
  return (
    <>
      <From identities={identities} from={content.from} dispatch={dispatch} locked={locked} />
      <RecipientField
        {...shared}
        field="action"
        label={words.fields.action}
        addresses={content.action}
        others={content.info}
        typing={content.typing.action}
        focusAtFirst={isNew && content.action.length === 0}
        aside={showInfo ? undefined : <AddInfo show={setWithInfo} />}
      />
      {showInfo ? (
        <RecipientField
          {...shared}
          field="info"
          label={words.fields.info}
          addresses={content.info}
          others={content.action}
          typing={content.typing.info}
          focusAtFirst={withInfo}
        />
      ) : null}
      <Subject text={content.subject} dispatch={dispatch} locked={locked} />
      {children}
      <Body text={content.text} label={content.label} isLocked={locked} dispatch={dispatch} />
    </>
  );
}

const AddInfo = memo(function AddInfo({ show }: { show: (b: boolean) => void }) {
  const words = useDraftWords();
  return (
    <button type="button" className={recipientClasses.link} onClick={() => show(true)}>
      {words.fields.addInfo}
    </button>
  );
});

type FromProps = Pick<Props, "identities" | "dispatch"> & { from: string | undefined; locked: boolean };

function From({ identities, from, dispatch, locked }: FromProps) {
  const words = useDraftWords();
  const id = useId();
  const own = identities.filter((i) => i.mail);
  const first = own[0];
  if (!first) return <p className={classes.row}>{words.noIdentity}</p>;
  return (
    <div className={classes.row}>
      {own.length > 1 ? (
        <>
          <label htmlFor={id}>{words.fields.from}</label>
          <select
            id={id}
            value={from ?? first.mail}
            disabled={locked}
            onChange={(e) => dispatch({ type: "from", from: e.currentTarget.value })}
          >
            {own.map((i) => (
              <option key={i.mail} value={i.mail}>
                {whoIs(i)}
              </option>
            ))}
          </select>
        </>
      ) : (
        <>
          <span className={classes.label}>{words.fields.from}</span>
          <span className={classes.value}>{whoIs(first)}</span>
        </>
      )}
    </div>
  );
}

function whoIs(i: Installation["identities"][number]): string {
  return i.name ? `${i.name}, ${i.mail}` : (i.mail ?? "");
}

function Subject({ text, dispatch, locked }: { text: string; dispatch: Dispatch<Action>; locked: boolean }) {
  const words = useDraftWords();
  const id = useId();
  return (
    <div className={classes.row}>
      <label htmlFor={id}>{words.fields.subject}</label>
      <input
        id={id}
        value={text}
        readOnly={locked}
        autoComplete="off"
        onChange={(e) => dispatch({ type: "typed", field: "subject", text: e.currentTarget.value })}
      />
    </div>
  );
}
