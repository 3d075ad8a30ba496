import type { Problem, Report } from "../../api/problem";
import type { DraftContent, LabelSelection } from "../../api/types";
import { fold } from "./addresses";
import { type Change, moved, without } from "./recipients/lists";
import {
  type Edit,
  edited,
  isEmpty,
  messageText,
  storedText,
  type Text,
  takenBack,
  textOf,
  turnOff,
  turnOn,
} from "./text/paragraphs";

/** The state of the composer. It is changed by `reduce` alone. */
export type State = {
  content: Content;
  /** What "undo" takes back, newest last. What was typed has the field's own undo. */
  past: Step[];
  phase: Phase;
};

/** The draft as far as it is written; fields that the page does not know are kept as they came. */
export type Content = Omit<DraftContent, "label" | "channel" | "body" | "parts" | "attachments"> & {
  channel: "mail" | "chat";
  action: string[];
  info: string[];
  subject: string;
  text: Text;
  attachments: readonly Attached[];
  label: LabelSelection | null;
  typing: { action: string; info: string };
};

export type Attached = NonNullable<DraftContent["attachments"]>[number];
export type Relabelled = NonNullable<DraftContent["relabelled"]>[number];
export type Field = "action" | "info";

/** Military are the fields of a military message. */
export type Military = Pick<
  DraftContent,
  "primaryPrecedence" | "copyPrecedence" | "sic" | "messageType" | "originatorReference" | "handling"
>;

type Undoable = Pick<
  Content,
  "action" | "info" | "exempted" | "label" | "relabelled" | "catalogueItem" | "attachments" | "sendAt"
> &
  Military;

/** One change that can be taken back. */
type Step =
  | { is: "fields"; before: Partial<Undoable> }
  | { is: "text"; before: Text; after: Text }
  /** Another version took the draft's place. */
  | { is: "whole"; before: Content };

export type Phase =
  | { is: "editing" }
  | { is: "sending"; since: number }
  /** The check at Send did not allow it. */
  | { is: "blocked"; report: Report }
  /** Nothing was sent, for another reason. */
  | { is: "failed"; problem: Problem }
  /** No answer came: whether it was handed over is found out when the program is back. */
  | { is: "uncertain" };

export type Action =
  | { type: "typed"; field: "subject" | "body"; text: string }
  | { type: "half-typed"; field: Field; text: string }
  | { type: "from"; from: string }
  | { type: "added"; field: Field; addresses: string[] }
  | { type: "removed"; addresses: string[] }
  | { type: "moved"; address: string; to: Field }
  /** `named`: who must no longer stand among those that lists leave out either. */
  | { type: "recipients"; change: Change; named?: readonly string[] }
  /**
   * `relabelled`: with why it is less restrictive than the one before, where it is. `item`: as the catalogue of a chat server writes it;
   * undefined: the catalogue has none that says the same.
   */
  | { type: "label"; label: LabelSelection | null; relabelled?: Relabelled[] | undefined; item?: string | undefined }
  /** The label that a draft of chat begins with, once it is known; one that was chosen meanwhile stays. */
  | { type: "presumed"; label: LabelSelection; item: string | undefined }
  /** Why a label that the program holds already was made less restrictive. */
  | { type: "relabelled"; entry: Relabelled }
  | { type: "portions"; on: boolean }
  | { type: "paragraph"; edit: Edit }
  | { type: "attached"; attachment: Attached }
  | { type: "detached"; attachment: Attached }
  /** `typed`: letter by letter, which the field itself takes back. */
  | { type: "military"; fields: Military; typed?: boolean }
  | { type: "send-at"; at: string | undefined }
  | { type: "restored"; content: Content }
  /** `only`: unless something else was done since. */
  | { type: "undo"; only?: Step["is"] }
  | { type: "replaced"; content: Content }
  | { type: "phase"; phase: Phase };

const keptUndo = 100;

/** contentOf fills in what a stored draft leaves out. */
export function contentOf(stored: Partial<DraftContent>): Content {
  const { body, parts, attachments, ...rest } = stored;
  const label = rest.label && typeof rest.label === "object" ? rest.label : null;
  return {
    ...rest,
    channel: rest.channel || "mail",
    action: rest.action ?? [],
    info: rest.info ?? [],
    subject: rest.subject ?? "",
    text: textOf({ body, parts }),
    attachments: attachments ?? [],
    label,
    typing: { action: rest.typing?.action ?? "", info: rest.typing?.info ?? "" },
  };
}

/** storedOf is what contentOf reads: the draft as the program keeps it. */
export function storedOf({ text, attachments, ...rest }: Content): DraftContent {
  return { ...rest, ...storedText(text), attachments: [...attachments] };
}

/** messageOf is the message that the draft makes: without what is half typed, and without paragraphs that hold nothing. */
export function messageOf({ typing: _, text, attachments, ...rest }: Content) {
  return { ...rest, ...messageText(text), attachments: [...attachments], label: rest.label ?? "" };
}

export function begin(content: Content): State {
  return { content, past: [], phase: { is: "editing" } };
}

/** isBlank: nothing has been typed or chosen; such a draft is not kept. */
export function isBlank(c: Content): boolean {
  return (
    c.action.length === 0 &&
    c.info.length === 0 &&
    !c.subject &&
    isEmpty(c.text) &&
    c.attachments.length === 0 &&
    !c.label &&
    !c.typing.action &&
    !c.typing.info
  );
}

/** isUnbegun: of a draft of chat nothing is kept before its first letter; whom it goes to and its label are there from the beginning. */
export function isUnbegun(c: Content): boolean {
  return c.channel === "chat" && isEmpty(c.text) && c.attachments.length === 0;
}

const listed = new WeakMap<string[], { info: string[]; all: string[] }>(); // by the action recipients, which never change in place

/** recipientsOf lists everybody, each once, spelled as first given. It is counted anew only when somebody came or went. */
export function recipientsOf({ action, info }: Pick<Content, "action" | "info">): string[] {
  const known = listed.get(action);
  if (known?.info === info) return known.all;
  const seen = new Set<string>();
  const all = [...action, ...info].filter((a) => {
    const folded = fold(a);
    return seen.has(folded) ? false : seen.add(folded);
  });
  listed.set(action, { info, all });
  return all;
}

/** isLocked: what is being sent must not change under it. */
export function isLocked(phase: Phase): boolean {
  return phase.is === "sending" || phase.is === "uncertain";
}

/** undoesText: the newest change made or joined paragraphs, and nothing was typed since. A field's own undo knows nothing of it. */
export function undoesText({ past, content }: State): boolean {
  const last = past.at(-1);
  return last?.is === "text" && last.after === content.text;
}

export function reduce(state: State, action: Action): State {
  if (action.type === "phase") return { ...state, phase: action.phase };
  if (action.type === "replaced") return begin(action.content);
  if (isLocked(state.phase)) return state;
  return change(state, action);
}

function change(state: State, action: Exclude<Action, { type: "phase" | "replaced" }>): State {
  const c = state.content;
  switch (action.type) {
    case "typed":
      return typed(state, action.field, action.text);
    case "half-typed":
      return { ...state, content: { ...c, typing: { ...c.typing, [action.field]: action.text } } };
    case "from":
      return { ...state, content: { ...c, from: action.from } };
    case "added":
      return add(state, action.field, action.addresses);
    case "removed":
      return remove(state, action.addresses);
    case "moved":
      return exchange(state, (now) => moved(now, [action.address], action.to));
    case "recipients":
      return exchange(state, action.change, action.named);
    case "label":
      return remember(state, {
        label: action.label,
        ...("relabelled" in action ? { relabelled: action.relabelled } : {}),
        ...("item" in action ? { catalogueItem: action.item } : {}),
      });
    case "presumed":
      return c.label ? state : { ...state, content: { ...c, label: action.label, catalogueItem: action.item } };
    case "relabelled":
      return { ...state, content: { ...c, relabelled: [...(c.relabelled ?? []), action.entry] } };
    case "portions":
      return rewrite(state, action.on ? turnOn(c.text, c.label) : turnOff(c.text));
    case "paragraph":
      return editParagraph(state, action.edit);
    case "attached":
      return remember(state, { attachments: [...c.attachments, action.attachment] });
    case "detached":
      return detach(state, action.attachment);
    case "military":
      return action.typed ? { ...state, content: { ...c, ...action.fields } } : remember(state, action.fields);
    case "send-at":
      return action.at === c.sendAt ? state : remember(state, { sendAt: action.at });
    case "restored":
      return { ...state, content: action.content, past: behind(state, { is: "whole", before: c }) };
    case "undo":
      return action.only && state.past.at(-1)?.is !== action.only ? state : undo(state);
  }
}

function behind(state: State, step: Step): Step[] {
  return [...state.past.slice(-keptUndo + 1), step];
}

/** remember makes a change that "undo" takes back. */
function remember(state: State, fields: Partial<Undoable>, more: Partial<Content> = {}): State {
  const keys = Object.keys(fields) as (keyof Undoable)[];
  const before = Object.fromEntries(keys.map((k) => [k, state.content[k]])) as Partial<Undoable>;
  return { ...state, content: { ...state.content, ...fields, ...more }, past: behind(state, { is: "fields", before }) };
}

/** rewrite makes another text of the draft's, which "undo" takes back. */
function rewrite(state: State, after: Text): State {
  const before = state.content.text;
  if (after === before) return state;
  return { ...state, content: { ...state.content, text: after }, past: behind(state, { is: "text", before, after }) };
}

function typed(state: State, field: "subject" | "body", text: string): State {
  const c = state.content;
  if (field === "subject") return { ...state, content: { ...c, subject: text } };
  return c.text.is === "plain" ? { ...state, content: { ...c, text: { is: "plain", body: text } } } : state;
}

function editParagraph(state: State, edit: Edit): State {
  const { text } = state.content;
  if (text.is === "plain") return state;
  const paragraphs = edited(text.paragraphs, edit);
  if (paragraphs === text.paragraphs) return state;
  const after: Text = { is: "marked", paragraphs };
  return edit.does === "type" ? { ...state, content: { ...state.content, text: after } } : rewrite(state, after);
}

function detach(state: State, attachment: Attached): State {
  const attachments = state.content.attachments.filter((a) => a !== attachment);
  return attachments.length === state.content.attachments.length ? state : remember(state, { attachments });
}

function add(state: State, field: Field, addresses: string[]): State {
  const c = state.content;
  const there = new Set([...c.action, ...c.info].map(fold));
  const fresh = addresses.filter((a) => (there.has(fold(a)) ? false : there.add(fold(a))));
  const typing = { ...c.typing, [field]: "" };
  if (fresh.length === 0) return { ...state, content: { ...c, typing } };
  return remember(state, { [field]: [...c[field], ...fresh] }, { typing });
}

function remove(state: State, addresses: string[]): State {
  return exchange(state, (now) => without(now, addresses));
}

/** exchange makes other lists of recipients; some are no longer named at all. */
function exchange(state: State, how: Change, named: readonly string[] = []): State {
  const { content } = state;
  const { action, info } = how(content);
  const unnamed = new Set(named.map(fold));
  const exempted = content.exempted?.filter((a) => !unnamed.has(fold(a)));
  if (exempted?.length !== content.exempted?.length) return remember(state, { action, info, exempted });
  if (action === content.action && info === content.info) return state;
  return remember(state, { action, info });
}

function undo(state: State): State {
  const last = state.past.at(-1);
  if (!last) return state;
  const past = state.past.slice(0, -1);
  const { content } = state;
  switch (last.is) {
    case "fields":
      return { ...state, past, content: { ...content, ...last.before } };
    case "text":
      return { ...state, past, content: { ...content, text: takenBack(last.before, last.after, content.text) } };
    case "whole":
      return { ...state, past, content: last.before };
  }
}
