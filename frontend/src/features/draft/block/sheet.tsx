import { Button, FocusTrap } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Report } from "../../../api/problem";
import { MarkingBanner } from "../../../components/marking";
import { fold } from "../addresses";
import { Exceeded, Findings } from "../check/findings";
import { sumOfPeople } from "../check/sum";
import { badParts, canOverride, fixesOf, needsOwnReason, overrideKey, stops, thresholdsOf } from "../shape";
import { useDraftWords } from "../words";
import classes from "./block.module.css";
import { InTheWay, ReasonField } from "./in-the-way";
import { useBlockWords } from "./words";

type Props = {
  report: Report;
  /** The address that it is sent from. */
  sender: string;
  back: () => void;
  /** Sends without these. */
  leaveOut: (addresses: string[]) => void;
  /** Sends all the same, with the user's reasons: by address, the sender's too, and by "threshold:" and the name of a rule on numbers. */
  override: (reasons: Record<string, string>) => void;
};

/** For so long after it appeared the sheet takes no click on what sends: the hand may still be where Send was. */
const calm = 700;

/**
 * BlockSheet is the one thing that interrupts. It looks like nothing else; the safe way has the focus, so that Enter, Escape
 * and habit lead back to the draft; sending to fewer is a button that says so and has to be aimed at.
 */
export function BlockSheet({ report, sender, back, leaveOut, override }: Props) {
  const words = useDraftWords();
  const own = useBlockWords();
  const [given, setGiven] = useState<Record<string, string>>({});
  const shownAt = useRef(Number.POSITIVE_INFINITY); // until it is there, no click is meant for it
  useEffect(() => {
    shownAt.current = performance.now();
  }, []);
  const deliberate = (act: () => void) => (e: React.MouseEvent) => {
    if (e.timeStamp - shownAt.current > calm) act();
  };
  // Under a label that is not valid everybody is in the way, for the one reason that the findings say.
  const inTheWay = useMemo(() => (report.label.valid ? stops(report) : []), [report]);
  const isOfParts = badParts(report).length > 0;
  const isOfLabel =
    !report.label.valid && !(isOfParts && report.label.problems.every((p) => p.rule.startsWith("part-")));
  const limits = thresholdsOf(report);
  const n = report.recipients.length;
  const fix = fixesOf(report).find((f) => f.kind === "remove");
  const overridable = canOverride(report);
  // A sender who is among the recipients gives one reason, as a recipient.
  const asksSender = needsOwnReason(report) && !inTheWay.some((r) => fold(r.address) === fold(sender));
  const keys = [...(asksSender ? [sender] : []), ...inTheWay.map((r) => r.address), ...limits.map(overrideKey)];
  const complete = keys.every((k) => /[\p{L}\p{N}]/u.test(given[k] ?? ""));
  const give = useCallback((key: string, text: string) => setGiven((now) => ({ ...now, [key]: text })), []);
  return (
    <div className={classes.cover}>
      <FocusTrap active>
        <div
          className={classes.sheet}
          role="alertdialog"
          aria-modal="true"
          aria-labelledby="block-title"
          aria-describedby="block-text"
          onKeyDown={(e) => {
            if (e.key === "Escape") back();
            e.stopPropagation();
          }}
        >
          <div className={classes.head}>
            <Octagon />
            <h2 id="block-title">{words.block.title}</h2>
          </div>
          <MarkingBanner label={words.banner} {...report.label} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
          <div className={classes.body} role="group" aria-labelledby="block-title" tabIndex={0}>
            <p id="block-text">
              {isOfLabel ? `${words.block.label} ` : ""}
              {isOfParts ? `${own.parts} ` : ""}
              {report.originator.action === "pass" || !report.label.valid ? "" : `${words.block.originator} `}
              {limits.length > 0 ? `${own.thresholds} ` : ""}
              {inTheWay.length > 0 ? words.block.who(sumOfPeople(report, words).text) : ""}
            </p>
            <Findings report={report} withoutLimits />
            {overridable && asksSender ? (
              <>
                <p>{own.senderWarned}</p>
                <ReasonField label={own.senderReason} text={given[sender] ?? ""} give={(text) => give(sender, text)} />
              </>
            ) : null}
            {overridable && inTheWay.length > 0 ? <p>{words.block.warned(inTheWay.length)}</p> : null}
            <InTheWay all={inTheWay} reasons={overridable ? { given, give } : undefined} />
            {limits.map((t) => (
              <div key={t.name}>
                <Exceeded threshold={t} />
                {overridable ? (
                  <>
                    <p>{own.limitWarned}</p>
                    <ReasonField
                      label={own.limitReason(t.name)}
                      text={given[overrideKey(t)] ?? ""}
                      give={(text) => give(overrideKey(t), text)}
                    />
                  </>
                ) : null}
              </div>
            ))}
          </div>
          <div className={classes.feet}>
            <p className={`${classes.stays} quiet`}>{words.block.stays}</p>
            <Button data-autofocus onClick={back}>
              {words.block.back}
            </Button>
            {fix ? (
              <Button variant="default" onClick={deliberate(() => leaveOut(fix.addresses))}>
                {words.block.leaveOut(n - fix.addresses.length, fix.addresses.length)}
              </Button>
            ) : null}
            {overridable ? (
              <Button
                variant="outline"
                color="var(--broken)"
                disabled={!complete}
                onClick={deliberate(() => override(pick(given, keys)))}
              >
                {words.block.all(n)}
              </Button>
            ) : null}
          </div>
        </div>
      </FocusTrap>
    </div>
  );
}

function pick(all: Record<string, string>, keys: string[]): Record<string, string> {
  return Object.fromEntries(keys.map((k) => [k, all[k]?.trim() ?? ""]));
}

function Octagon() {
  return (
    <svg width={36} height={36} viewBox="0 0 16 16" aria-hidden focusable="false">
      <path fill="none" stroke="#fff" strokeWidth={1.5} d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" />
      <path fill="#fff" d="M4 7h8v2.2H4z" />
    </svg>
  );
}
