import { type ReactNode, useRef } from "react";
import { AttachIcon, HistoryIcon } from "../../components/icons";
import panel from "../../components/panel.module.css";
import { useAttachWords } from "./attach/words";
import { useHistoryWords } from "./history/words";
import type { Content } from "./state";
import { SaveTemplate } from "./templates/save";
import classes from "./text/text.module.css";
import { usePortionWords } from "./text/words";

type Props = {
  content: Content;
  isLocked: boolean;
  isMarked: boolean;
  togglePortions: () => void;
  attach: (files: readonly File[]) => void;
  /** undefined: nothing of it was kept yet. */
  showHistory: (() => void) | undefined;
  saving: boolean;
  setSaving: (opened: boolean) => void;
  /** What else can be done with it: a copy in the mailbox. */
  children: ReactNode;
};

/** Tools are what can be done with the draft, beside writing it. */
export function Tools({ content, isLocked, isMarked, togglePortions, attach, showHistory, ...more }: Props) {
  const attachWords = useAttachWords();
  const portionWords = usePortionWords();
  const historyWords = useHistoryWords();
  const files = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.tools}>
      <button
        type="button"
        className={`${panel.act} ${classes.tool}`}
        data-attach
        disabled={isLocked}
        onClick={() => files.current?.click()}
      >
        <AttachIcon />
        {attachWords.attach}
      </button>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        onChange={(e) => {
          attach([...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = ""; // the same file can be chosen again
        }}
      />
      <button
        type="button"
        role="switch"
        className={`${panel.act} ${classes.tool}`}
        aria-checked={isMarked}
        title={portionWords.toggleHint}
        disabled={isLocked}
        onClick={togglePortions}
      >
        <span aria-hidden>(¶)</span>
        {portionWords.toggle}
      </button>
      <span className={classes.end} />
      {more.children}
      <SaveTemplate content={content} opened={more.saving} setOpened={more.setSaving} />
      <button
        type="button"
        className={`${panel.act} ${classes.tool}`}
        data-history
        disabled={isLocked || !showHistory}
        onClick={showHistory}
      >
        <HistoryIcon />
        {historyWords.open}
      </button>
    </div>
  );
}
