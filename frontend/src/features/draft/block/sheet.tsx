import { Button, FocusTrap, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Report } from "../../../api/problem";
import { MarkingBanner } from "../../../components/marking";
import { useReason } from "../../../words/reasons";
import { Person } from "../check/person";
import { sumOfPeople } from "../check/sum";
import { canOverride, nameOf, stops } from "../shape";
import { useDraftWords } from "../words";
import classes from "./block.module.css";

type Props = {
  report: Report;
  back: () => void;
  /** Sends without these. */
  leaveOut: (addresses: string[]) => void;
  /** Sends all the same, with the user's reasons by address. */
  override: (reasons: Record<string, string>) => void;
};

/** For so long after it appeared the sheet takes no click on what sends: the hand may still be where Send was. */
const calm = 700;

/**
 * BlockSheet is the one thing that interrupts. It looks like nothing else; the safe way has the focus, so that Enter, Escape
 * and habit lead back to the draft; sending to fewer is a button that says so and has to be aimed at.
 */
export function BlockSheet({ report, back, leaveOut, override }: Props) {
  const words = useDraftWords();
  const reason = useReason();
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const shownAt = useRef(Number.POSITIVE_INFINITY); // until it is there, no click is meant for it
  useEffect(() => {
    shownAt.current = performance.now();
  }, []);
  const deliberate = (act: () => void) => (e: React.MouseEvent) => {
    if (e.timeStamp - shownAt.current > calm) act();
  };
  const inTheWay = stops(report);
  const n = report.recipients.length;
  const fix = report.fixes.find((f) => f.kind === "remove");
  const overridable = canOverride(report);
  const complete = inTheWay.every((r) => /[\p{L}\p{N}]/u.test(reasons[r.address] ?? ""));
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
              {report.label.valid ? "" : `${words.block.label} `}
              {report.originator.action === "pass" ? "" : `${words.block.originator} `}
              {inTheWay.length > 0 ? words.block.who(sumOfPeople(report, words).text) : ""}
            </p>
            <ul>
              {[
                ...report.label.problems,
                ...(report.originator.action === "pass" ? [] : report.originator.reasons),
              ].map((r) => (
                <li key={`${r.rule} ${r.text}`}>{reason(r)}</li>
              ))}
              {inTheWay.map((r) => (
                <Person key={r.address} recipient={r} />
              ))}
            </ul>
            {overridable ? (
              <>
                <p>{words.block.warned(inTheWay.length)}</p>
                {inTheWay.map((r) => (
                  <Textarea
                    key={r.address}
                    className={classes.reason}
                    label={words.block.reason(nameOf(r))}
                    autosize
                    maxRows={4}
                    value={reasons[r.address] ?? ""}
                    onChange={(e) => setReasons({ ...reasons, [r.address]: e.currentTarget.value })}
                  />
                ))}
              </>
            ) : null}
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
                onClick={deliberate(() =>
                  override(
                    pick(
                      reasons,
                      inTheWay.map((r) => r.address),
                    ),
                  ),
                )}
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
