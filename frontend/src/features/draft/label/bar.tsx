import { Button } from "@mantine/core";
import { useClickOutside } from "@mantine/hooks";
import { useRef } from "react";
import type { usePolicies } from "../../../api/queries";
import type { LabelSelection } from "../../../api/types";
import classes from "../../../components/label/label.module.css";
import { LabelPicker } from "../../../components/label/picker";
import type { Selecting } from "../../../components/label/use-selection";
import { useLabelWords } from "../../../components/label/words";
import { ProblemState } from "../../../components/state";

type Props = {
  label: LabelSelection | null;
  selecting: Selecting;
  policies: ReturnType<typeof usePolicies>;
  locked: boolean;
  opened: boolean;
  setOpened: (opened: boolean) => void;
};

/** LabelBar opens the label picker below the marking; the check beside it stays in sight and follows. */
export function LabelBar({ label, selecting, policies, locked, opened, setOpened }: Props) {
  const words = useLabelWords();
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpened(false);
    button.current?.focus();
  };
  const outside = useClickOutside(() => setOpened(false));
  return (
    <div className={classes.bar} ref={outside}>
      <Button
        ref={button}
        size="compact-sm"
        variant={label ? "default" : "filled"}
        disabled={locked}
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        {label ? words.change : words.open}
      </Button>
      {selecting.isRefused ? <strong role="alert">{words.refusedHere}</strong> : <Chosen label={label} />}
      {selecting.isPending && selecting.answer.isError ? <ProblemState error={selecting.answer.error} inline /> : null}
      {policies.isError ? <ProblemState error={policies.error} retry={() => void policies.refetch()} inline /> : null}
      {opened && policies.data ? <LabelPicker policies={policies.data} selecting={selecting} close={close} /> : null}
    </div>
  );
}

/** Chosen says the label in the policy's own names, beside the marking's phrases. */
function Chosen({ label }: { label: LabelSelection | null }) {
  const words = useLabelWords();
  if (!label) return <span className="quiet">{words.hint}</span>;
  const sets = Object.entries(label.categories ?? {}).map(
    ([set, values]) => `${set}: ${values.map((v) => (typeof v === "string" ? v : v.name)).join(", ")}`,
  );
  return <span className="quiet">{[label.classification, ...sets].join(" · ")}</span>;
}
