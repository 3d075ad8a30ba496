import { type Dispatch, type RefObject, useCallback, useEffect, useReducer, useState } from "react";
import { useLocation } from "wouter";
import { usePolicies } from "../../api/queries";
import type { Installation } from "../../api/types";
import { announce, takeHereBack } from "../../components/announce";
import { useLabel } from "../../components/label/use-label";
import { useBegun } from "./begun";
import { useCheck } from "./check";
import { useWays } from "./check/use-ways";
import { type ItemOf, useDraftLabel } from "./label/use-draft-label";
import { useNames } from "./names";
import type { Saver } from "./saver";
import { type After, useSend } from "./sending";
import { type Action, begin, type Content, isLocked, recipientsOf, reduce, type State, undoesText } from "./state";
import { type Stored, useElsewhere, useSaver } from "./stored";
import { type DraftWords, useDraftWords } from "./words";

/** What a draft begins with on the page that shows it. */
export type Beginning = {
  id: string;
  stored: Stored;
  first: Content;
  /** Saver of a draft that was left unsaved and is shown again. */
  kept: Saver | undefined;
};

type Given = Beginning & {
  identities: Installation["identities"];
  after: After;
  /** What the draft is written in. */
  work: RefObject<HTMLElement | null>;
  /** Of chat, where a catalogue was read: it stays the same for as long as that does. */
  itemOf?: ItemOf | undefined;
};

export type Writing = ReturnType<typeof useWriting>;

/**
 * useWriting is one draft being written, of mail or of chat: what it holds, its saver, its label, who may get it, and Send. There is
 * one of it for every page on which somebody writes.
 */
export function useWriting({ id, stored, first, kept, identities, after, work, itemOf }: Given) {
  const words = useDraftWords();
  const [, go] = useLocation();
  const [state, dispatch] = useReducer(reduce, first, begin);
  const [gone, setGone] = useState(false);
  const { content, phase } = state;
  const left = useCallback(
    () => announce(words.saved.left, { text: words.saved.back, run: () => go(after.place) }),
    [words, go, after],
  );
  useEffect(() => takeHereBack, []);
  const { saver, saved } = useSaver(id, stored, content, kept, left);
  useBegun(id, saver, content, work);
  const policies = usePolicies();
  const picker = useDraftLabel(state, dispatch, saver, policies.data ?? [], itemOf);
  const check = useCheck(content);
  const label = useLabel(content.label);
  const report = "report" in check ? check.report : undefined;
  const nameOf = useNames(recipientsOf(content), report);
  const ways = useWays({ content, dispatch, nameOf, words, go });
  const sender = senderOf(content, identities);
  const send = useSend({ id, state, sender, dispatch, saver, words, after });
  const replace = useReplace(saver, dispatch);
  useElsewhere(
    id,
    saver,
    replace,
    useCallback(() => setGone(true), []),
  );
  useUndo(state, dispatch, words);
  return {
    ...{
      id,
      state,
      dispatch,
      saver,
      saved,
      gone,
      replace,
      policies,
      picker,
      check,
      report,
      nameOf,
      ways,
      sender,
      send,
    },
    locked: isLocked(phase),
    banner: bannerOf(content.label !== null, label, words),
  };
}

/** useReplace shows what another tab made of the draft. */
function useReplace(saver: Saver, dispatch: Dispatch<Action>): (s: Stored) => void {
  return useCallback(
    (s) => {
      if (s === "new") return;
      saver.replaced(s.version, s.changed, s.content);
      dispatch({ type: "replaced", content: s.content });
    },
    [saver, dispatch],
  );
}

/** bannerOf says the marking, or why there is none: never that of another label, never "no label" where there is one. */
function bannerOf(hasLabel: boolean, label: ReturnType<typeof useLabel>, words: DraftWords) {
  if (!hasLabel) return { marking: "", none: words.noLabel };
  if (label.isError) return { marking: "", none: words.noMarking };
  if (!label.data || label.isPlaceholderData) return { marking: "", none: words.markingSoon };
  const { marking, foreground, background } = label.data;
  return { marking, foreground, background, none: words.noMarking };
}

/** senderOf is the address that a draft is sent from: that of the first identity where it names none, as the program takes it. */
function senderOf({ from, channel }: Content, identities: Installation["identities"]): string {
  const addresses = identities.map((i) => (channel === "chat" ? i.jid : i.mail));
  return from || addresses.find(Boolean) || "";
}

/**
 * useUndo: Ctrl-Z takes back the last change that was not typed, except in a text that has an undo of its own. Where that change was of
 * the paragraphs themselves, their texts know nothing of it.
 */
function useUndo(state: State, dispatch: Dispatch<Action>, words: DraftWords): void {
  const inText = undoesText(state);
  const nothing = state.past.length === 0;
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (!(e.ctrlKey || e.metaKey) || e.shiftKey || e.key.toLowerCase() !== "z") return;
      if (hasOwnUndo(e.target) && !(inText && isParagraph(e.target))) return;
      e.preventDefault();
      if (nothing) return;
      dispatch({ type: "undo" });
      announce(words.undone);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [dispatch, inText, nothing, words]);
}

const isParagraph = (target: EventTarget | null) =>
  target instanceof HTMLTextAreaElement && target.dataset.paragraph !== undefined;

/** hasOwnUndo: a text takes back its own letters, also the last; an empty recipient field has none to take back. */
function hasOwnUndo(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (!(target instanceof HTMLInputElement) || ["radio", "checkbox"].includes(target.type)) return false;
  return target.getAttribute("role") !== "combobox" || target.value !== "";
}
