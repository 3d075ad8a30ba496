import { Button } from "@mantine/core";
import { useClickOutside } from "@mantine/hooks";
import { type ReactNode, useRef } from "react";
import type { usePolicies } from "../../../api/queries";
import type { DraftContent, LabelSelection } from "../../../api/types";
import { Everyone } from "../../../components/label/known";
import classes from "../../../components/label/label.module.css";
import type { Bound } from "../../../components/label/order";
import { LabelPicker } from "../../../components/label/picker";
import { Reason } from "../../../components/label/reason";
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
  bounds?: readonly Bound[];
  /** The recipients, while there is no label yet: what everyone here can get is told before one is chosen (RULES 1). */
  everyone?: DraftContent | undefined;
  /** The program keeps the draft under a more restrictive label, and wants a reason. */
  explainSaved?: ((reason: string) => void) | undefined;
  /** What is offered above all else. */
  offered?: ReactNode;
  /** Nothing but what is offered may be chosen. */
  isClosed?: boolean;
};

/** LabelBar opens the label picker below the marking; the check beside it stays in sight and follows. */
export function LabelBar({ label, selecting, policies, locked, opened, setOpened, ...more }: Props) {
  const words = useLabelWords();
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpened(false);
    button.current?.focus();
  };
  const outside = useClickOutside(() => setOpened(false));
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the hand has gone elsewhere */}
      <div
        className={classes.bar}
        ref={outside}
        tabIndex={-1} // a press on words in it leaves the focus here, and not in what lies behind
        onBlur={(e) => {
          // Whoever goes on to the text is done here: what is typed there must not wait for this to be closed.
          if (opened && e.relatedTarget && !e.currentTarget.contains(e.relatedTarget)) setOpened(false);
        }}
      >
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
        {selecting.isPending && selecting.answer.isError ? (
          <ProblemState error={selecting.answer.error} inline />
        ) : null}
        {policies.isError ? <ProblemState error={policies.error} retry={() => void policies.refetch()} inline /> : null}
        {opened && policies.data ? (
          <LabelPicker
            policies={policies.data}
            selecting={selecting}
            close={close}
            {...(more.bounds ? { bounds: more.bounds } : {})}
            {...(more.isClosed ? { isClosed: true } : {})}
          >
            {more.offered}
            {more.everyone ? <Everyone draft={more.everyone} /> : null}
          </LabelPicker>
        ) : null}
      </div>
      {selecting.isHeldBack && !opened ? (
        <Reason text={words.waits} give={selecting.explain} keep={() => selecting.change(null)} />
      ) : null}
      {more.explainSaved ? <Reason text={words.saveLess} give={more.explainSaved} /> : null}
    </>
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
