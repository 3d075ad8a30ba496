import { type KeyboardEvent, useLayoutEffect, useRef } from "react";
import classes from "./compose.module.css";

type Props = {
  text: string;
  label: string;
  hint: string;
  isLocked: boolean;
  /** It is that of the message after the one that is shown. */
  isAhead?: boolean;
  /** It is another field's turn. */
  isAway?: boolean;
  hasFocus: boolean;
  /** Where the hand is in it at first; left out: at its end. */
  caret?: readonly [number, number] | undefined;
  /** Id of what is said about it. */
  about?: string;
  change: (text: string) => void;
  send: () => void;
  /** Escape, where there is something to leave. */
  leave?: (() => void) | undefined;
};

/** isSending: Enter by itself; one that ends the composition of a character (IME) is the input method's. */
function isSending(e: KeyboardEvent): boolean {
  if (e.key !== "Enter" || e.nativeEvent.isComposing || e.nativeEvent.keyCode === 229) return false;
  return !(e.shiftKey || e.altKey || e.ctrlKey || e.metaKey); // Ctrl+Enter sends too, from everywhere on the page
}

const border = 2; // above and below, in px, which scrollHeight does not count

/**
 * ChatText is what is said: it grows with its lines, as far as its style allows. It takes the hand before the browser hears of another
 * key: no letter falls between two fields.
 */
export function ChatText(props: Props) {
  const { text, label, hint, isLocked, isAhead, isAway = false, hasFocus, caret, about, change, send, leave } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const first = useRef({ hasFocus, caret });
  useLayoutEffect(() => {
    const { hasFocus: takes, caret: at } = first.current;
    if (!takes) return;
    field.current?.focus();
    if (at) field.current?.setSelectionRange(...at);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: its height follows what is written
  useLayoutEffect(() => {
    const f = field.current;
    if (!f) return;
    f.style.height = "auto";
    f.style.height = `${f.scrollHeight + border}px`;
  }, [text, isAway]);
  return (
    <textarea
      ref={field}
      className={classes.text}
      data-text={isAhead ? undefined : true}
      data-ahead={isAhead}
      rows={1}
      hidden={isAway}
      aria-label={label}
      aria-describedby={about}
      placeholder={hint}
      value={text}
      readOnly={isLocked}
      onCompositionStart={(e) => {
        e.currentTarget.dataset.composing = "";
      }}
      onCompositionEnd={(e) => {
        delete e.currentTarget.dataset.composing;
      }}
      onChange={(e) => change(e.currentTarget.value)}
      onKeyDown={(e) => {
        if (isSending(e)) {
          e.preventDefault();
          send();
        } else if (e.key === "Escape" && leave && !e.nativeEvent.isComposing) {
          e.stopPropagation();
          leave();
        }
      }}
    />
  );
}
