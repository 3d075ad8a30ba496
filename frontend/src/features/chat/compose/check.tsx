import checkClasses from "../../draft/check/check.module.css";
import { CheckBody, type CheckProps } from "../../draft/check/panel";
import { sumOf } from "../../draft/check/sum";
import { useCheckWords } from "../../draft/check/words";
import { useDraftWords } from "../../draft/words";
import { useBoard } from "./board";
import classes from "./compose.module.css";
import type { Composing } from "./slot";

/** ChatCheck is who may get what is being written, why not, and what can be done: the check panel of mail, within the page's column. */
export function ChatCheck({ conversation }: Composing) {
  const words = useDraftWords();
  const shown = useBoard();
  if (!shown) return null;
  return (
    <section className={classes.check} aria-label={words.check.title}>
      {conversation.kind === "room" ? <Sum check={shown.check} /> : null}
      <CheckBody {...shown} />
    </section>
  );
}

/** ChatCheckSum is the answer in one line; nothing while nobody writes here. */
export function ChatCheckSum(_: Composing) {
  const shown = useBoard();
  return shown ? <Sum check={shown.check} /> : null;
}

function Sum({ check }: Pick<CheckProps, "check">) {
  const words = useDraftWords();
  const { text, tone } = sumOf(check, words, useCheckWords());
  return (
    <div className={checkClasses.sum} data-tone={tone}>
      <span role="status">{text}</span>
    </div>
  );
}
