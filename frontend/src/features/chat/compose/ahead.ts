import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { newDraft } from "../../../components/new-draft";
import { type Content, isUnbegun } from "../../draft/state";
import { useSaver } from "../../draft/stored";
import { type Current, ofAhead, waitFor, waitingFor } from "./current";
import { throwAway } from "./throw-away";

type Given = {
  /** The draft that goes before it. */
  first: string;
  /** What the next message begins with; it is looked at with its first letter. */
  begin: () => Content;
  /** What is written in. */
  work: RefObject<HTMLElement | null>;
  isSending: boolean;
};

export type Next = ReturnType<typeof useAhead>;

const bodyOf = ({ text }: Content) => (text.is === "plain" ? text.body : "");

/**
 * useAhead is the message that is typed while the one before it is being sent. It is a draft of its own from its first letter on, saved
 * as any other, and is never sent before the other one is through or put aside.
 */
export function useAhead({ first, begin, work, isSending }: Given) {
  const [back] = useState(() => waitingFor(first));
  const [id] = useState(() => back?.id ?? newDraft());
  const [content, setContent] = useState(() => back?.content ?? begin());
  const latest = useRef(content);
  const [goes, setGoes] = useState(false);
  const { saver, saved } = useSaver(id, "new", content, back?.saver, nothing);
  const isTaken = useRef(false);
  useEffect(
    () => () => {
      if (isTaken.current) return;
      if (bodyOf(latest.current).trim() !== "") waitFor(first, { id, saver, content: latest.current });
      else if (saver.version() > 0 || !saver.isClean()) void throwAway(id, saver);
    },
    [first, id, saver],
  );
  useEffect(() => {
    if (!isSending) setGoes(false); // what came back is the user's to decide, and so is all that follows it
  }, [isSending]);
  const type = useCallback(
    (body: string) => {
      const now = latest.current;
      const head = isUnbegun(now) && saver.version() === 0 ? begin() : now;
      latest.current = { ...head, text: { is: "plain", body } };
      setContent(latest.current);
      setGoes(false); // it is another text now than the one that was to leave
    },
    [begin, saver],
  );
  /** take gives what waits, for its turn; undefined: nothing does. */
  const take = useCallback((): Omit<Current, "later"> | undefined => {
    if (bodyOf(latest.current).trim() === "") return undefined;
    isTaken.current = true;
    const field = work.current?.querySelector<HTMLTextAreaElement>("textarea[data-ahead]");
    const caret = field ? { caret: [field.selectionStart, field.selectionEnd] as const } : {};
    return ofAhead({ id, saver, content: latest.current }, { hasFocus: isHere(work.current), goes, ...caret });
  }, [id, saver, work, goes]);
  const body = bodyOf(content);
  const send = useCallback(() => {
    if (bodyOf(latest.current).trim() !== "" && isSending) setGoes(true);
  }, [isSending]);
  return { body, type, take, goes, send, saved, isEmpty: body.trim() === "" };
}

const nothing = () => undefined;

/** isHere: the hand is where one writes, or nowhere; who has gone to another part of the page is not fetched back. */
export function isHere(work: HTMLElement | null): boolean {
  const at = document.activeElement;
  return !at || at === document.body || work?.contains(at) === true;
}

/** composed calls f once no character is being composed in what is written in: the field that it is composed in must stay until then. */
export function composed(work: HTMLElement | null, f: () => void): void {
  const field = work?.querySelector<HTMLElement>("[data-composing]");
  if (!field) f();
  else field.addEventListener("compositionend", () => setTimeout(f), { once: true }); // after the change that it ends with
}
