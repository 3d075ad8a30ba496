import { useCallback, useState } from "react";
import { newDraft } from "../../../components/new-draft";
import type { Saver } from "../../draft/saver";
import type { Content } from "../../draft/state";

/** Current is the draft that is shown in a conversation. */
export type Current = {
  id: string;
  /** Nothing of it is stored, so nothing need be read. */
  isNew: boolean;
  /** What it begins with besides whom it goes to, where nothing is stored. */
  first: Partial<Content>;
  /** It has taken the place of another one: the hand is on the text. */
  hasFocus: boolean;
  /** Of a correction: the draft that was shown before. */
  before?: Current;
  /** What is shown again after it; not of a correction, which has its own way back. */
  later?: Current | undefined;
  /** What was typed ahead, up to the last letter: it need not be read, and its own saver goes on. */
  kept?: Ahead;
  /** Where the hand was in it. */
  caret?: readonly [number, number];
  /** Enter was pressed on it while it waited: it is sent as soon as it is shown. */
  goes?: boolean;
};

/** Ahead is a message that was typed while the one before it was being sent. */
export type Ahead = { id: string; saver: Saver; content: Content };

/** What was typed ahead and left, by the draft that goes before it. */
const waiting = new Map<string, Ahead>();

/** waitFor keeps what waits for a draft that is not shown any more. */
export function waitFor(first: string, ahead: Ahead): void {
  waiting.set(first, ahead);
}

/** waitingFor gives, once, what waits for a draft; what was opened by itself meanwhile waits no more. */
export function waitingFor(first: string): Ahead | undefined {
  const found = waiting.get(first);
  waiting.delete(first);
  return found && !over.has(found.id) ? found : undefined;
}

/** waitsNoMore notes that a draft is shown by itself. */
export function waitsNoMore(id: string): void {
  for (const [first, ahead] of waiting) if (ahead.id === id) waiting.delete(first);
}

/** ofAhead is what was typed ahead, once it is its turn. */
export function ofAhead(ahead: Ahead, more: Pick<Current, "hasFocus" | "caret" | "goes" | "later">): Current {
  return { id: ahead.id, isNew: false, first: {}, kept: ahead, ...more };
}

/** plain is a draft as it is shown again: nothing of what the page held of it is newer than what its saver left. */
function plain({ kept: _, caret: __, goes: ___, ...rest }: Current): Current {
  return rest;
}

/** By conversation, the draft that was shown last and holds something: the list may not know of it yet. */
const left = new Map<string, Current>();

/** Drafts that were sent or thrown away: the list may not know of that yet. */
const over = new Set<string>();

/** Drafts that held something when they were left. */
const held = new Set<string>();

/** fresh is a draft that begins with something. */
export function fresh(first: Partial<Content>, hasFocus: boolean): Current {
  return { id: newDraft(), isNew: true, first, hasFocus };
}

/** isOver notes that a draft is there no more. */
export function isOver(id: string): void {
  over.add(id);
}

/** again is a draft that was shown before, and is shown once more. */
export function again(current: Current): Current {
  const isNew = current.isNew && !held.has(current.id);
  return { ...plain(current), isNew, hasFocus: true };
}

/** leaving notes what is shown when a conversation is left; `holds`: something of it was written. */
export function leaving(conversation: string, current: Current, holds: boolean): void {
  const isKept = holds && !over.has(current.id);
  if (isKept) held.add(current.id);
  if (isKept) left.set(conversation, { ...plain(current), isNew: false, hasFocus: false });
  else left.delete(conversation);
}

/** beginningOf is the draft that a conversation is opened with: the one that is named, the one left, the stored one, or a new one. */
export function beginningOf(conversation: string, named: string | null, stored: string | undefined): Current {
  const here = left.get(conversation);
  if (here && (!named || named === here.id)) {
    if (!over.has(here.id)) return here;
    const ahead = waitingFor(here.id); // it was sent after the conversation was left
    if (ahead) return ofAhead(ahead, { hasFocus: false });
  }
  const id = named || stored;
  return id && !over.has(id) ? { id, isNew: false, first: {}, hasFocus: false } : fresh({}, false);
}

/** useCurrent keeps which draft is shown in a conversation. */
export function useCurrent(conversation: string, stored: string | undefined) {
  const [current, show] = useState(() => {
    const named = new URLSearchParams(window.location.search).get("draft");
    return beginningOf(conversation, named, stored);
  });
  const leave = useCallback((c: Current, holds: boolean) => leaving(conversation, c, holds), [conversation]);
  return { current, show, leave };
}
