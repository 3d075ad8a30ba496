import { useMediaQuery } from "@mantine/hooks";
import { memo, useDeferredValue, useMemo, useState } from "react";
import type { Report } from "../../../api/problem";
import type { Fix, RecipientReport } from "../../../api/types";
import { ChevronIcon } from "../../../components/icons";
import { ProblemState } from "../../../components/state";
import type { Check } from "../check";
import { endsBeforeSending, groups, warningsOf } from "../shape";
import { useDraftWords } from "../words";
import classes from "./check.module.css";
import { Findings } from "./findings";
import { LongList } from "./long-list";
import { Person } from "./person";
import { sumOf } from "./sum";
import { Unasked, unaskedOf } from "./unasked";
import { Warnings } from "./warnings";
import { Ways } from "./ways";
import { useCheckWords } from "./words";

export type CheckProps = {
  /** Id of the draft. */
  draft: string;
  check: Check;
  locked: boolean;
  preview: (f: Fix | undefined) => void;
  apply: (f: Fix) => void;
};

/** Below this width the check is a sheet at the bottom that stays one line high: its sum is never hidden. */
const wide = "(min-width: 1101px)";

/** CheckPanel is who may get the draft, why not, and what can be done. It is drawn anew when the check says something new. */
export const CheckPanel = memo(function CheckPanel(props: CheckProps) {
  const words = useDraftWords();
  const own = useCheckWords();
  const beside = useMediaQuery(wide, true, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState(false);
  const { text, tone } = sumOf(props.check, words, own);
  const shown = beside || opened;
  return (
    <aside
      className={`${classes.panel} ${beside ? "" : classes.sheet}`}
      aria-label={words.check.title}
      data-opened={shown || undefined}
    >
      <div className={classes.sum} data-tone={tone}>
        <span role="status">{text}</span>
        {beside ? null : (
          <button
            type="button"
            data-check
            aria-expanded={opened}
            aria-label={opened ? words.check.close : words.check.open}
            onClick={() => setOpened(!opened)}
          >
            <ChevronIcon up={!opened} />
          </button>
        )}
      </div>
      {shown ? <CheckBody {...props} /> : null}
    </aside>
  );
});

/** CheckBody is what the check found, below its sum. */
export function CheckBody({ draft, check, locked, preview, apply }: CheckProps) {
  const words = useDraftWords();
  const report = useDeferredValue("report" in check ? check.report : undefined);
  if (check.is === "nobody") return <p className={`${classes.body} quiet`}>{words.check.nobodyHint}</p>;
  if (check.is === "no-label") return null;
  const disabled = locked || check.is !== "done";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div className={classes.body} role="group" aria-label={words.check.title} tabIndex={0} data-check>
      {check.is === "failed" ? <ProblemState error={check.problem} retry={check.retry} inline /> : null}
      {report ? <Found draft={draft} report={report} disabled={disabled} preview={preview} apply={apply} /> : null}
    </div>
  );
}

type FoundProps = Pick<CheckProps, "draft" | "preview" | "apply"> & { report: Report; disabled: boolean };

const Found = memo(function Found({ draft, report, disabled, preview, apply }: FoundProps) {
  const words = useDraftWords();
  const g = useMemo(() => groups(report), [report]);
  const asked = useMemo(() => unaskedOf(report), [report]);
  const warnings = useMemo(() => warningsOf(report).filter((w) => !endsBeforeSending(w)), [report]);
  return (
    <>
      <Findings report={report} />
      <Unasked asked={asked} />
      <Group title={words.check.groups.refused} people={g.refused} />
      <Group title={words.check.groups.unsure} people={g.unsure} />
      <Ways report={report} disabled={disabled} preview={preview} apply={apply} />
      <Warnings warnings={warnings} draft={draft} />
      <Cleared people={g.cleared} open={g.cleared.length <= 5 && g.refused.length + g.unsure.length === 0} />
    </>
  );
});

const keyOf = (r: RecipientReport) => r.address;

function Group({ title, people }: { title: string; people: RecipientReport[] }) {
  if (people.length === 0) return null;
  return (
    <section className={classes.group} aria-label={title}>
      <h2>
        {title} ({people.length})
      </h2>
      <LongList items={people} keyOf={keyOf} label={title} size={84}>
        {(r) => <Person recipient={r} />}
      </LongList>
    </section>
  );
}

/** Cleared is folded: success needs no room. */
function Cleared({ people, open }: { people: RecipientReport[]; open: boolean }) {
  const words = useDraftWords();
  const [opened, setOpened] = useState(open);
  if (people.length === 0) return null;
  return (
    <details className={classes.group} open={open} onToggle={(e) => setOpened(e.currentTarget.open)}>
      <summary>
        {words.check.groups.cleared} ({people.length})
      </summary>
      {opened ? (
        <LongList items={people} keyOf={keyOf} label={words.check.groups.cleared} size={60}>
          {(r) => <Person recipient={r} />}
        </LongList>
      ) : null}
    </details>
  );
}
