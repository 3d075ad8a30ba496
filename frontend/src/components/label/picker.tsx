import { Button, NativeSelect } from "@mantine/core";
import { type ReactNode, useId } from "react";
import type { LabelDocument, LabelSelection, Policy } from "../../api/types";
import { useReason } from "../../words/reasons";
import { ProblemState } from "../state";
import classes from "./label.module.css";
import { Review } from "./review";
import { emptySelection, isChosen, toggle } from "./selection";
import type { Selecting } from "./use-selection";
import { Value } from "./value";
import { useLabelWords } from "./words";

type Props = { policies: Policy[]; selecting: Selecting; close: () => void; children?: ReactNode };

/**
 * LabelPicker is made of what the policy has. A selection that this installation may not hold stays in the picker and does
 * not become the draft's label (RULES 10); one that is not yet valid does, and the check says what is missing.
 */
export function LabelPicker({ policies, selecting, close, children }: Props) {
  const words = useLabelWords();
  const { selection, change, answer } = selecting;
  const policy = policies.find((p) => p.name === selection?.policy) ?? policies[0];
  if (!policy || !selection) return null;
  const part = { policy, selection, answer: answer.data, change };
  return (
    <section
      className={classes.picker}
      aria-label={words.picker}
      onKeyDown={(e) => {
        if (e.key === "Escape") close();
      }}
    >
      <div className={classes.head}>
        <h2>{words.picker}</h2>
        <PolicyChoice policies={policies} policy={policy} change={change} />
        <Button size="compact-sm" variant="default" onClick={close}>
          {words.done}
        </Button>
      </div>
      {children}
      <Classifications {...part} />
      {policy.tagSets.map((s) => (
        <TagSet key={s.name} set={s} {...part} />
      ))}
      <Review selection={selection} set={change} />
      <Findings answer={answer.data} chosen={selection.classification !== ""} />
      {answer.isError ? <ProblemState error={answer.error} inline /> : null}
    </section>
  );
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
};

function Classifications({ policy, selection, answer, change }: PartProps) {
  const words = useLabelWords();
  const group = useId();
  const refused = new Map(answer?.choices.classifications.map((c) => [c.name, c.refused]));
  return (
    <div className={classes.set} role="radiogroup" aria-labelledby={group}>
      <div className={classes.name} id={group}>
        {words.classification} <small>{words.required}</small>
      </div>
      <div className={classes.values}>
        {policy.classifications.map((c) => (
          <Value
            key={c.name}
            kind="radio"
            group={group}
            text={c.phrase || c.name}
            colour={c.background}
            focused={c.name === (selection.classification || policy.classifications[0]?.name)}
            chosen={selection.classification === c.name}
            refused={refused.get(c.name) || (c.obsolete ? words.obsolete : "")}
            choose={() => change({ ...selection, classification: c.name })}
          />
        ))}
      </div>
    </div>
  );
}

type TagSetProps = PartProps & { set: Policy["tagSets"][number] };

function TagSet({ set, policy, selection, answer, change }: TagSetProps) {
  const words = useLabelWords();
  const id = useId();
  const choices = answer?.choices.tagSets.find((s) => s.name === set.name);
  return set.tags.map((tag, i) => (
    <div className={classes.set} key={`${tag.type} ${tag.values[0]?.name}`} role="group" aria-labelledby={`${id}-${i}`}>
      <div className={classes.name} id={`${id}-${i}`}>
        {set.name} <small>{policy.required.includes(set.name) ? words.required : words.types[tag.type]}</small>
      </div>
      <div className={classes.values}>
        {tag.values.map((v) => {
          const refused = choices?.tags[i]?.values.find((x) => x.name === v.name)?.refused;
          return (
            <Value
              key={v.name}
              kind="checkbox"
              text={v.name}
              chosen={isChosen(selection, set, tag, v.name)}
              refused={refused || (v.obsolete ? words.obsolete : "")}
              choose={() => change(toggle(selection, set, tag, v.name))}
            />
          );
        })}
      </div>
    </div>
  ));
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
