import { type RefObject, useEffect, useRef } from "react";
import { api, ask } from "../../api/client";
import { isBegun, touched } from "../../components/begun";
import type { Saver } from "./saver";
import type { Content } from "./state";

/**
 * useBegun opens a draft that an answer has begun where one writes: at the beginning of the text, above what is quoted, or, where
 * nobody is written to yet, at the recipients. One that is left untouched is thrown away: it holds nothing that is not elsewhere.
 */
export function useBegun(id: string, saver: Saver, content: Content, work: RefObject<HTMLElement | null>): void {
  const latest = useRef(content);
  useEffect(() => {
    latest.current = content;
    if (!saver.isGiven(content)) touched(id);
  }, [id, saver, content]);
  useEffect(() => {
    if (isBegun(id)) focusIn(work.current, latest.current.action.length > 0);
    const version = saver.version();
    return () => {
      const isAsItWas = isBegun(id) && saver.isClean() && !saver.isHeld() && saver.version() === version;
      touched(id);
      if (!isAsItWas) return;
      saver.stop();
      // Where it cannot be thrown away it stays among the drafts, where it can be seen.
      ask(api.DELETE("/api/drafts/{id}", { params: { path: { id }, query: { version } } })).catch(() => undefined);
    };
  }, [id, saver, work]);
}

function focusIn(work: HTMLElement | null, isAddressed: boolean): void {
  if (!isAddressed) {
    work?.querySelector<HTMLElement>('input[role="combobox"]')?.focus();
    return;
  }
  const text = work?.querySelector<HTMLTextAreaElement>("textarea[data-text], textarea[data-paragraph]");
  text?.focus();
  text?.setSelectionRange(0, 0);
}
