import { useInterval } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { ProblemDetails } from "../../components/state";
import { useWords } from "../../words/language";
import { clock } from "../../words/time";
import classes from "./composer.module.css";
import type { Saved } from "./saver";
import type { Phase } from "./state";
import { type DraftWords, useDraftWords } from "./words";

/** Problems are why it was not sent, or not saved. */
export function Problems({ phase, saved }: { phase: Phase; saved: Saved }) {
  const words = useDraftWords();
  const shared = useWords();
  return (
    <>
      {phase.is === "failed" ? (
        <div className={classes.problem} role="alert">
          <strong>{words.send.failed}: </strong>
          {shared.problem.title[phase.problem.code] ?? shared.problem.title.other}.{" "}
          {shared.problem.means[phase.problem.code] ?? shared.problem.means.other}
          <ProblemDetails problem={phase.problem} />
        </div>
      ) : null}
      {phase.is === "uncertain" ? (
        <div className={classes.problem} role="alert">
          <strong>{words.send.uncertain}. </strong>
          {words.send.uncertainText}
        </div>
      ) : null}
      {saved.is === "failed" && !["page-server-gone", "user-relabel-reason"].includes(saved.problem.code) ? (
        <div className={classes.problem} role="alert">
          <strong>{words.saved.failed}: </strong>
          {shared.problem.title[saved.problem.code] ?? shared.problem.title.other}
          <ProblemDetails problem={saved.problem} />
        </div>
      ) : null}
    </>
  );
}

/** SavedLine says where the draft is kept. */
export function SavedLine({ saved }: { saved: Saved }) {
  const words = useDraftWords();
  return (
    <span className={`${classes.saved} quiet`} role="status">
      {savedText(saved, words)}
    </span>
  );
}

/** Running counts the seconds: the directories are asked again, and one may be far away. */
export function Running({ since }: { since: number }) {
  const words = useDraftWords();
  const [seconds, setSeconds] = useState(0);
  const tick = useInterval(() => setSeconds(Math.floor((Date.now() - since) / 1000)), 250);
  useEffect(() => {
    tick.start();
    return tick.stop;
  }, [tick.start, tick.stop]);
  return <span role="status">{seconds > 0 ? `${words.send.running} ${seconds} s` : words.send.running}</span>;
}

function savedText(saved: Saved, words: DraftWords): string {
  switch (saved.is) {
    case "new":
      return words.saved.new;
    case "saved":
      return words.saved.saved(clock(saved.at));
    case "saving":
      return words.saved.saving;
    case "failed":
    case "conflict":
      return words.saved.failed;
  }
}
