import { useMediaQuery } from "@mantine/hooks";
import { useDeferredValue, useState } from "react";
import type { Fix, RecipientReport } from "../../../api/types";
import { ChevronIcon } from "../../../components/icons";
import { ProblemState } from "../../../components/state";
import { useReason } from "../../../words/reasons";
import type { Check } from "../check";
import { groups } from "../shape";
import { useDraftWords } from "../words";
import classes from "./check.module.css";
import { Person } from "./person";
import { sumOf } from "./sum";
import { Ways } from "./ways";

type Props = { check: Check; locked: boolean; preview: (addresses: string[]) => void; apply: (f: Fix) => void };

/** Below this width the check is a sheet at the bottom that stays one line high: its sum is never hidden. */
const wide = "(min-width: 1101px)";

export function CheckPanel(props: Props) {
  const words = useDraftWords();
  const beside = useMediaQuery(wide, true, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState(false);
  const { text, tone } = sumOf(props.check, words);
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
      {shown ? <Body {...props} /> : null}
    </aside>
  );
}

function Body({ check, locked, preview, apply }: Props) {
  const words = useDraftWords();
  const report = useDeferredValue("report" in check ? check.report : undefined);
  if (check.is === "nobody") return <p className={`${classes.body} quiet`}>{words.check.nobodyHint}</p>;
  if (check.is === "no-label") return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div className={classes.body} role="group" aria-label={words.check.title} tabIndex={0} data-check>
      {check.is === "failed" ? <ProblemState error={check.problem} retry={check.retry} inline /> : null}
      {report ? (
        <Found report={report} disabled={locked || check.is !== "done"} preview={preview} apply={apply} />
      ) : null}
    </div>
  );
}

type FoundProps = Pick<Props, "preview" | "apply"> & {
  report: Extract<Check, { is: "done" }>["report"];
  disabled: boolean;
};

function Found({ report, disabled, preview, apply }: FoundProps) {
  const words = useDraftWords();
  const g = groups(report);
  return (
    <>
      <Finding title={words.check.labelInvalid} reasons={report.label.valid ? [] : report.label.problems} />
      <Finding
        title={report.originator.outcome === "not-cleared" ? words.check.originator : words.check.originatorUnsure}
        reasons={report.originator.outcome === "cleared" ? [] : report.originator.reasons}
      />
      <Group title={words.check.groups.refused} people={g.refused} />
      <Group title={words.check.groups.unsure} people={g.unsure} />
      <Ways report={report} disabled={disabled} preview={preview} apply={apply} />
      {g.cleared.length > 0 ? (
        <details className={classes.group} open={g.cleared.length <= 5 && g.refused.length + g.unsure.length === 0}>
          <summary>
            {words.check.groups.cleared} ({g.cleared.length})
          </summary>
          <People people={g.cleared} />
        </details>
      ) : null}
    </>
  );
}

function Finding({ title, reasons }: { title: string; reasons: Parameters<ReturnType<typeof useReason>>[0][] }) {
  const reason = useReason();
  if (reasons.length === 0) return null;
  return (
    <div className={classes.finding}>
      <strong>{title}</strong>
      <ul>
        {reasons.map((r) => (
          <li key={`${r.rule} ${r.text}`}>{reason(r)}</li>
        ))}
      </ul>
    </div>
  );
}

function Group({ title, people }: { title: string; people: RecipientReport[] }) {
  if (people.length === 0) return null;
  return (
    <section className={classes.group} aria-label={title}>
      <h2>
        {title} ({people.length})
      </h2>
      <People people={people} />
    </section>
  );
}

const step = 50;

/** People shows so many at once that the page stays quick, and the rest on demand. */
function People({ people }: { people: RecipientReport[] }) {
  const words = useDraftWords();
  const [most, setMost] = useState(step);
  return (
    <>
      <ul className={classes.people}>
        {people.slice(0, most).map((r) => (
          <Person key={r.address} recipient={r} />
        ))}
      </ul>
      {people.length > most ? (
        <button type="button" className={classes.way} onClick={() => setMost(most + step)}>
          {words.ways.more(people.length - most)}
        </button>
      ) : null}
    </>
  );
}
