import { Button } from "@mantine/core";
import type { Dispatch } from "react";
import { useLanguage } from "../../words/language";
import { longTime } from "../../words/time";
import type { Check } from "./check";
import classes from "./composer.module.css";
import { EndsQuietly } from "./later/ends";
import { Later } from "./later/later";
import laterClasses from "./later/later.module.css";
import { useLaterWords } from "./later/words";
import type { Saved } from "./saver";
import { type Action, isLocked, recipientsOf, type State } from "./state";
import { Problems, Running, SavedLine } from "./told";
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
      <SavedLine saved={saved} />
      {content.sendAt ? <EndsQuietly check={check} /> : null}
      <Problems phase={phase} saved={saved} />
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
