import { Button } from "@mantine/core";
import { type RefObject, useId, useLayoutEffect, useRef } from "react";
import { isHere, type Next } from "./ahead";
import classes from "./compose.module.css";
import { ChatText } from "./text";
import { useComposeWords } from "./words";

type Props = {
  next: Next;
  name: string;
  isSending: boolean;
  isUncertain: boolean;
  work: RefObject<HTMLElement | null>;
  /** Puts it before the other one. */
  take: () => void;
};

/** NextText is where the message after the one that is being sent is typed. It takes the hand as soon as that one is on its way. */
export function NextText({ next, name, isSending, isUncertain, work, take }: Props) {
  const words = useComposeWords();
  const id = useId();
  useLayoutEffect(() => {
    const at = work.current; // the node is there for as long as this one
    if (isSending && isHere(at)) at?.querySelector<HTMLElement>("textarea[data-ahead]")?.focus();
  }, [isSending, work]);
  return (
    <>
      {isSending ? null : (
        <div className={classes.kept} id={id}>
          <span role="status">{words.ahead.kept}</span>
          {isUncertain ? null : (
            <Button size="compact-sm" variant="default" onClick={take}>
              {words.ahead.take}
            </Button>
          )}
        </div>
      )}
      <ChatText
        isAhead
        text={next.body}
        label={words.ahead.text(name)}
        hint={words.ahead.hint}
        isLocked={false}
        hasFocus={false}
        {...(isSending ? {} : { about: id })}
        change={next.type}
        send={next.send}
      />
    </>
  );
}

/** useHandBack gives the hand back to the message that came back, where nothing was typed ahead. */
export function useHandBack(isShown: boolean, work: RefObject<HTMLElement | null>): void {
  const was = useRef(false);
  useLayoutEffect(() => {
    const ended = was.current && !isShown;
    was.current = isShown;
    if (ended && isHere(work.current)) work.current?.querySelector<HTMLElement>("textarea[data-text]")?.focus();
  }, [isShown, work]);
}
