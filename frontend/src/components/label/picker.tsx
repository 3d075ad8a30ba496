import { Button, NativeSelect } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import type { LabelDocument, LabelSelection, Policy } from "../../api/types";
import { useReason } from "../../words/reasons";
import panel from "../panel.module.css";
import { ProblemState } from "../state";
import { Known } from "./known";
import classes from "./label.module.css";
import { type Bound, barsClass, barsLabel, barsValue } from "./order";
import { Reason } from "./reason";
import { Review } from "./review";
import { emptySelection, isChosen, toggle } from "./selection";
import type { Selecting } from "./use-selection";
import { Value } from "./value";
import { useLabelWords } from "./words";

type Props = {
  policies: Policy[];
  selecting: Selecting;
  close: () => void;
  /** What the label must not fall below or rise above. */
  bounds?: readonly Bound[];
  /** What it is the label of, where it is not that of the message. */
  title?: string;
  /** Nothing but what the children offer may be chosen. */
  isClosed?: boolean;
  children?: ReactNode;
};

const noBounds: readonly Bound[] = [];
const searchFrom = 12; // fewer choices are seen at once

/**
 * LabelPicker is made of what the policy has. A selection that this installation may not hold stays in the picker and does
 * not become the draft's label (RULES 10); one that is not yet valid does, and the check says what is missing.
 */
export function LabelPicker({
  policies,
  selecting,
  close,
  bounds = noBounds,
  title,
  isClosed = false,
  children,
}: Props) {
  const words = useLabelWords();
  const { selection, change, answer } = selecting;
  const [sought, setSought] = useState("");
  const policy = policies.find((p) => p.name === selection?.policy) ?? policies[0];
  if (!policy || !selection) return null;
  const part = { policy, selection, answer: answer.data, change, bounds, sought: fold(sought) };
  return (
    <section
      className={classes.picker}
      aria-label={title ?? words.picker}
      onKeyDown={(e) => {
        if (e.key === "Escape") close();
      }}
    >
      <div className={classes.head}>
        <h2 className={panel.title}>{title ?? words.picker}</h2>
        {isClosed ? null : <PolicyChoice policies={policies} policy={policy} change={change} />}
        {!isClosed && choicesOf(policy) >= searchFrom ? (
          <input
            type="search"
            className={`${panel.input} ${classes.search}`}
            aria-label={words.search}
            placeholder={words.search}
            value={sought}
            onChange={(e) => setSought(e.currentTarget.value)}
          />
        ) : null}
        <Button size="compact-sm" variant="default" onClick={close}>
          {words.done}
        </Button>
      </div>
      {children}
      {selecting.isHeldBack ? <Reason text={words.less} give={selecting.explain} /> : null}
      {isClosed ? null : (
        <>
          <Known
            selection={selection}
            canKeep={selection.classification !== "" && answer.data?.valid === true}
            choose={(s) => change({ ...s })}
            barred={(s) => barredWhy(policies, bounds, s, words)}
          />
          <Classifications {...part} />
          {policy.tagSets.map((s) => (
            <TagSet key={s.name} set={s} {...part} />
          ))}
          {part.sought !== "" && !matchesAny(policy, part.sought) ? (
            <p className="quiet" role="status">
              {words.nothingFound(sought.trim())}
            </p>
          ) : null}
          <Review selection={selection} set={change} />
        </>
      )}
      <Findings answer={answer.data} chosen={selection.classification !== ""} />
      {answer.isError ? <ProblemState error={answer.error} inline /> : null}
    </section>
  );
}

/** barredWhy says why a whole label cannot be chosen, in the words of the class or value that is barred by itself; "": it can. */
function barredWhy(
  policies: readonly Policy[],
  bounds: readonly Bound[],
  s: LabelSelection,
  words: ReturnType<typeof useLabelWords>,
): string {
  const policy = policies.find((p) => p.name === s.policy);
  const breach = policy && barsLabel(policy, bounds, s);
  if (!breach) return "";
  const { whose, label, isFloor } = breach.bound;
  return breach.value
    ? words.barredValue(whose, breach.value, isFloor)
    : words.barred(whose, label.classification, isFloor);
}

type PolicyProps = { policies: Policy[]; policy: Policy; change: (s: LabelSelection) => void };

function PolicyChoice({ policies, policy, change }: PolicyProps) {
  const words = useLabelWords();
  if (policies.length === 1) {
    return (
      <span className="quiet">
        {words.policy} {policy.name}
      </span>
    );
  }
  return (
    <NativeSelect
      size="xs"
      aria-label={words.policy}
      value={policy.name}
      data={policies.map((p) => p.name)}
      onChange={(e) => {
        const next = policies.find((p) => p.name === e.currentTarget.value);
        if (next) change(emptySelection(next));
      }}
    />
  );
}

type PartProps = {
  policy: Policy;
  selection: LabelSelection;
  answer: LabelDocument | undefined;
  change: (s: LabelSelection) => void;
  bounds: readonly Bound[];
  /** Folded; only what has it in its name is shown. */
  sought: string;
};

const fold = (text: string) => text.trim().toLowerCase();
const matches = (sought: string, ...names: string[]) => names.some((n) => n.toLowerCase().includes(sought));
const choicesOf = (p: Policy) =>
  p.tagSets.flatMap((s) => s.tags.flatMap((t) => t.values)).length + p.classifications.length;

function matchesAny(p: Policy, sought: string): boolean {
  return (
    p.classifications.some((c) => matches(sought, c.name, c.phrase)) ||
    p.tagSets.some((s) => s.tags.some((t) => t.values.some((v) => matches(sought, v.name, v.phrase, s.name))))
  );
}

function Classifications({ policy, selection, answer, change, bounds, sought }: PartProps) {
  const words = useLabelWords();
  const group = useId();
  const refused = new Map(answer?.choices.classifications.map((c) => [c.name, c.refused]));
  const shown = policy.classifications.filter((c) => matches(sought, c.name, c.phrase));
  if (shown.length === 0) return null;
  const bar = (name: string) => {
    const bound = barsClass(policy, bounds, name);
    return bound ? words.barred(bound.whose, bound.label.classification, bound.isFloor) : "";
  };
  return (
    <div className={classes.set} role="radiogroup" aria-labelledby={group}>
      <div className={classes.name} id={group}>
        {words.classification} <small>{words.required}</small>
      </div>
      <div className={classes.values}>
        {shown.map((c) => (
          <Value
            key={c.name}
            kind="radio"
            group={group}
            text={c.phrase || c.name}
            colour={c.background}
            focused={c.name === (selection.classification || policy.classifications[0]?.name)}
            chosen={selection.classification === c.name}
            refused={bar(c.name) || refused.get(c.name) || (c.obsolete ? words.obsolete : "")}
            choose={() => change({ ...selection, classification: c.name })}
          />
        ))}
      </div>
    </div>
  );
}

type TagSetProps = PartProps & { set: Policy["tagSets"][number] };

function TagSet({ set, policy, selection, answer, change, bounds, sought }: TagSetProps) {
  const words = useLabelWords();
  const id = useId();
  const choices = answer?.choices.tagSets.find((s) => s.name === set.name);
  const bar = (tag: Policy["tagSets"][number]["tags"][number], name: string) => {
    const bound = barsValue(policy, bounds, selection, { set, tag, name });
    return bound ? words.barredValue(bound.whose, name, bound.isFloor) : "";
  };
  const found = (v: { name: string; phrase: string }) => matches(sought, v.name, v.phrase, set.name);
  return set.tags.map((tag, i) =>
    tag.values.some(found) ? (
      <div
        className={classes.set}
        key={`${tag.type} ${tag.values[0]?.name}`}
        role="group"
        aria-labelledby={`${id}-${i}`}
      >
        <div className={classes.name} id={`${id}-${i}`}>
          {set.name} <small>{policy.required.includes(set.name) ? words.required : words.types[tag.type]}</small>
        </div>
        <div className={classes.values}>
          {tag.values.filter(found).map((v) => {
            const refused = choices?.tags[i]?.values.find((x) => x.name === v.name)?.refused;
            return (
              <Value
                key={v.name}
                kind="checkbox"
                text={v.name}
                chosen={isChosen(selection, set, tag, v.name)}
                refused={bar(tag, v.name) || refused || (v.obsolete ? words.obsolete : "")}
                kept={bar(tag, v.name)}
                choose={() => change(toggle(selection, set, tag, v.name))}
              />
            );
          })}
        </div>
      </div>
    ) : null,
  );
}

/** Findings say what is missing, and what this installation may not hold. */
function Findings({ answer, chosen }: { answer: LabelDocument | undefined; chosen: boolean }) {
  const words = useLabelWords();
  const reason = useReason();
  if (!answer || !chosen) return null;
  return (
    <div aria-live="polite">
      {answer.permitted ? null : (
        <ul className={classes.refused}>
          <li>
            <strong>{words.refusedHere}</strong>
          </li>
          {answer.refusals.map((r) => (
            <li key={r.text}>{reason(r)}</li>
          ))}
        </ul>
      )}
      {answer.problems.length > 0 ? (
        <ul className={classes.problems}>
          <li>
            <strong>{words.incomplete}</strong>
          </li>
          {answer.problems.map((r) => (
            <li key={r.text}>{reason(r)}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
