import { memo, useRef } from "react";
import { useLabel } from "../../../components/label/use-label";
import type { Edit, Paragraph, PartLabel } from "./paragraphs";
import { paragraphsIn } from "./paragraphs";
import classes from "./text.module.css";
import { usePortionWords } from "./words";

type Props = {
  paragraph: Paragraph;
  /** Its place in the text, from 1. */
  n: number;
  isLocked: boolean;
  isMarking: boolean;
  edit: (e: Edit) => void;
  /** Opens the picker for its mark, or closes it. */
  mark: (id: number) => void;
  /** Takes the hand to the paragraph before or after it. */
  go: (id: number, by: -1 | 1) => boolean;
};

/** Portion is one paragraph with its mark before it. A key in one draws no other anew. */
export const Portion = memo(function Portion({ paragraph: p, n, isLocked, isMarking, edit, mark, go }: Props) {
  const words = usePortionWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const { said, shown, colours } = usePortionMark(p.label);
  const onKeyDown = (e: React.KeyboardEvent<HTMLTextAreaElement>) => {
    const { selectionStart: from, selectionEnd: to, value } = e.currentTarget;
    if (e.nativeEvent.isComposing || isLocked) return;
    if (e.key === "Enter" && !e.shiftKey && !e.ctrlKey && !e.metaKey && !e.altKey) {
      e.preventDefault();
      edit({ does: "break", id: p.id, from, to });
      return;
    }
    if (e.key === "Backspace" && from === 0 && to === 0 && n > 1) {
      e.preventDefault();
      edit({ does: "join", id: p.id });
      return;
    }
    if (e.key.toLowerCase() === "m" && (e.ctrlKey || e.metaKey) && !e.shiftKey && !e.altKey) {
      e.preventDefault();
      mark(p.id);
      return;
    }
    const isPlain = !e.shiftKey && !e.ctrlKey && !e.metaKey && !e.altKey && from === to;
    const isUp = isPlain && e.key === "ArrowUp" && from === 0;
    const isDown = isPlain && e.key === "ArrowDown" && from === value.length;
    if ((isUp && go(p.id, -1)) || (isDown && go(p.id, 1))) e.preventDefault();
  };
  const onPaste = (e: React.ClipboardEvent<HTMLTextAreaElement>) => {
    const texts = paragraphsIn(e.clipboardData.getData("text/plain"));
    if (texts.length < 2 || isLocked) return;
    e.preventDefault();
    const { selectionStart: from, selectionEnd: to } = e.currentTarget;
    edit({ does: "paste", id: p.id, from, to, texts });
  };
  return (
    <li className={classes.portion}>
      <button
        type="button"
        className={classes.mark}
        data-mark={p.id}
        data-none={p.label === null || undefined}
        style={colours}
        disabled={isLocked}
        aria-expanded={isMarking}
        aria-label={words.mark(n, said)}
        title={`${said} · Ctrl M`}
        onClick={() => mark(p.id)}
      >
        {shown}
      </button>
      <div className={classes.grow} data-text={p.text}>
        <textarea
          ref={field}
          rows={1}
          data-paragraph={p.id}
          aria-label={words.paragraph(n, said)}
          value={p.text}
          readOnly={isLocked}
          onChange={(e) => edit({ does: "type", id: p.id, text: e.currentTarget.value })}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
      </div>
    </li>
  );
});

/** usePortionMark says the mark as it stands before the paragraph, and in full for who cannot see it. */
function usePortionMark(label: PartLabel | null) {
  const words = usePortionWords();
  const answer = useLabel(typeof label === "object" ? label : null);
  if (label === null) return { said: words.unmarked, shown: words.short };
  if (typeof label === "string") return { said: words.foreign, shown: "(…)" };
  const found = answer.isPlaceholderData ? undefined : answer.data;
  const shown = `(${found?.portion || found?.marking || label.classification})`;
  const colours = found?.background ? { background: found.background, color: found.foreground } : undefined;
  return { said: found?.marking || label.classification, shown, colours };
}
