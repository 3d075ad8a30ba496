import { Button } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { type Dispatch, useEffect, useState } from "react";
import { ProblemDetails } from "../../components/state";
import { useLanguage, useWords } from "../../words/language";
import { clock, longTime } from "../../words/time";
import type { Check } from "./check";
import classes from "./composer.module.css";
import { EndsQuietly } from "./later/ends";
import { Later } from "./later/later";
import laterClasses from "./later/later.module.css";
import { useLaterWords } from "./later/words";
import type { Saved } from "./saver";
import { type Action, isLocked, recipientsOf, type State } from "./state";
import { type DraftWords, useDraftWords } from "./words";

type Props = {
  state: State;
  check: Check;
  saved: Saved;
  need: string;
  send: () => void;
  dispatch: Dispatch<Action>;
  scheduling: boolean;
  setScheduling: (opened: boolean) => void;
};

/** Foot is Send, what it still needs, and where the draft is kept. */
export function Foot({ state, check, saved, need, send, dispatch, scheduling, setScheduling }: Props) {
  const words = useDraftWords();
  const later = useLaterWords();
  const { language } = useLanguage();
  const shared = useWords();
  const { phase, content } = state;
  const n = recipientsOf(content).length;
  const sendable = check.is === "done" && check.report.sendable;
  const at = content.sendAt ? longTime(content.sendAt, language) : "";
  const what = at ? later.sendAt(n, at) : words.send.to(n);
  return (
    <div className={classes.foot}>
      <div className={laterClasses.pair}>
        <Button data-send disabled={need !== "" || isLocked(phase)} onClick={send} title="Ctrl+Enter">
          {sendable ? what : at ? later.checkAndSendAt(at) : words.send.check}
        </Button>
        <Later
          content={content}
          isLocked={isLocked(phase)}
          opened={scheduling}
          setOpened={setScheduling}
          dispatch={dispatch}
        />
      </div>
      {phase.is === "sending" ? <Running since={phase.since} /> : <span className={classes.need}>{need}</span>}
      <span className={`${classes.saved} quiet`} role="status">
        {savedText(saved, words)}
      </span>
      {content.sendAt ? <EndsQuietly check={check} /> : null}
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
    </div>
  );
}

/** needOf says what is missing before the draft can be checked and sent; "" when nothing is. */
export function needOf({ content }: State, isLabelPending: boolean, words: DraftWords): string {
  if (isLabelPending) return words.send.needs.labelAnswer;
  const left = [content.typing.action, content.typing.info].map((t) => t.trim()).find((t) => t !== "");
  if (left) return words.send.left(left);
  if (recipientsOf(content).length === 0) return words.send.needs.recipients;
  return content.label ? "" : words.send.needs.label;
}

/** Running counts the seconds: the directories are asked again, and one may be far away. */
function Running({ since }: { since: number }) {
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
