import { Button, NativeSelect } from "@mantine/core";
import { useClickOutside } from "@mantine/hooks";
import { useRef, useState } from "react";
import { usePolicies } from "../../api/queries";
import type { LabelSelection } from "../../api/types";
import { ProblemState } from "../state";
import classes from "./label.module.css";
import { LabelPicker } from "./picker";
import { labelOfDraft, useLabelledDrafts } from "./use-drafts";
import { useLabel } from "./use-label";
import { type Selecting, useSelection } from "./use-selection";
import { useLabelWords } from "./words";

type Props = {
  label: LabelSelection | null;
  choose: (label: LabelSelection | null) => void;
  /** What the button says when there is no label, and before the marking when there is one. */
  none: string;
  some: (marking: string) => string;
  size?: "xs" | "sm";
};

/** LabelChoice is a button that opens the label picker: a label is put together, or taken from a draft. */
export function LabelChoice({ label, choose, none, some, size = "sm" }: Props) {
  const words = useLabelWords();
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const answer = useLabel(label);
  const policies = usePolicies();
  // Here, not in what opens: a label that was put together just before the picker was closed is chosen all the same.
  const selecting = useSelection(label, policies.data ?? [], choose);
  const outside = useClickOutside(() => setOpened(false));
  const close = () => {
    setOpened(false);
    button.current?.focus();
  };
  return (
    <div className={classes.choice} ref={outside}>
      <Button
        ref={button}
        size={size}
        variant="default"
        aria-expanded={opened}
        classNames={{ label: classes.long }}
        onClick={() => setOpened(!opened)}
      >
        {label ? some(answer.data?.marking || label.classification) : none}
      </Button>
      {label ? (
        <Button size={size} variant="subtle" onClick={() => choose(null)}>
          {words.clear}
        </Button>
      ) : null}
      {opened ? <Picking policies={policies} selecting={selecting} choose={choose} close={close} /> : null}
    </div>
  );
}

type PickingProps = Pick<Props, "choose"> & {
  policies: ReturnType<typeof usePolicies>;
  selecting: Selecting;
  close: () => void;
};

/** Picking is the picker with the labels of drafts above it. */
function Picking({ policies, selecting, choose, close }: PickingProps) {
  const words = useLabelWords();
  const drafts = useLabelledDrafts(true);
  const [failed, setFailed] = useState<unknown>(null);
  const take = (id: string) => {
    setFailed(null);
    labelOfDraft(id).then(choose, setFailed);
  };
  if (policies.isError) return <ProblemState error={policies.error} inline />;
  if (!policies.data) return null;
  return (
    <LabelPicker policies={policies.data} selecting={selecting} close={close}>
      {drafts.data && drafts.data.length > 0 ? (
        <div className={classes.set}>
          <span className={classes.name}>{words.ofDraft}</span>
          <NativeSelect
            size="xs"
            aria-label={words.ofDraft}
            value=""
            onChange={(e) => take(e.currentTarget.value)}
            data={[
              { value: "", label: words.noDraft },
              ...drafts.data.map((d) => ({ value: d.id, label: `${d.subject || words.untitled} – ${d.marking}` })),
            ]}
          />
        </div>
      ) : null}
      {failed ? <ProblemState error={failed} inline /> : null}
      {selecting.isRefused ? <strong role="alert">{words.refusedChoice}</strong> : null}
    </LabelPicker>
  );
}
