import type { Problem, Report } from "../../api/problem";
import type { DraftContent, LabelSelection } from "../../api/types";
import { fold, isInside } from "./addresses";

/** The state of the composer. It is changed by `reduce` alone. */
export type State = {
  content: Content;
  /** What "undo" brings back, newest last: recipients and label. What was typed has the field's own undo. */
  past: Undoable[];
  phase: Phase;
};

/** The draft as far as it is written; fields that the page does not know are kept as they came. */
export type Content = Omit<DraftContent, "label" | "channel"> & {
  channel: "mail" | "chat";
  action: string[];
  info: string[];
  subject: string;
  body: string;
  label: LabelSelection | null;
  typing: { action: string; info: string };
};

export type Field = "action" | "info";

type Undoable = Pick<Content, "action" | "info" | "label">;

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
  | { type: "label"; label: LabelSelection | null }
  | { type: "undo" }
  | { type: "replaced"; content: Content }
  | { type: "phase"; phase: Phase };

const keptUndo = 100;

/** contentOf fills in what a stored draft leaves out. */
export function contentOf(stored: Partial<DraftContent>): Content {
  const label = stored.label && typeof stored.label === "object" ? stored.label : null;
  return {
    ...stored,
    channel: stored.channel || "mail",
    action: stored.action ?? [],
    info: stored.info ?? [],
    subject: stored.subject ?? "",
    body: stored.body ?? "",
    label,
    typing: { action: stored.typing?.action ?? "", info: stored.typing?.info ?? "" },
  };
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
    !c.body &&
    !c.label &&
    !c.typing.action &&
    !c.typing.info
  );
}

/** recipientsOf lists everybody, each once, spelled as first given. */
export function recipientsOf(c: Pick<Content, "action" | "info">): string[] {
  const seen = new Set<string>();
  return [...c.action, ...c.info].filter((a) => {
    const folded = fold(a);
    return seen.has(folded) ? false : seen.add(folded);
  });
}

/** isLocked: what is being sent must not change under it. */
export function isLocked(phase: Phase): boolean {
  return phase.is === "sending" || phase.is === "uncertain";
}

export function reduce(state: State, action: Action): State {
  if (action.type === "phase") return { ...state, phase: action.phase };
  if (action.type === "replaced") return begin(action.content);
  if (isLocked(state.phase)) return state;
  return edit(state, action);
}

function edit(state: State, action: Exclude<Action, { type: "phase" | "replaced" }>): State {
  const c = state.content;
  switch (action.type) {
    case "typed":
      return { ...state, content: { ...c, [action.field]: action.text } };
    case "half-typed":
      return { ...state, content: { ...c, typing: { ...c.typing, [action.field]: action.text } } };
    case "from":
      return { ...state, content: { ...c, from: action.from } };
    case "added":
      return add(state, action.field, action.addresses);
    case "removed":
      return remove(state, action.addresses);
    case "moved":
      return move(state, action.address, action.to);
    case "label":
      return remember(state, { ...c, label: action.label });
    case "undo":
      return undo(state);
  }
}

/** remember makes a change that "undo" takes back. */
function remember(state: State, content: Content): State {
  const { action, info, label } = state.content;
  return { ...state, content, past: [...state.past.slice(-keptUndo + 1), { action, info, label }] };
}

function add(state: State, field: Field, addresses: string[]): State {
  const c = state.content;
  const fresh: string[] = [];
  for (const a of addresses) {
    if (!isInside([...c.action, ...c.info, ...fresh], a)) fresh.push(a);
  }
  const typing = { ...c.typing, [field]: "" };
  if (fresh.length === 0) return { ...state, content: { ...c, typing } };
  return remember(state, { ...c, [field]: [...c[field], ...fresh], typing });
}

function remove(state: State, addresses: string[]): State {
  const c = state.content;
  const stays = (a: string) => !isInside(addresses, a);
  const content = { ...c, action: c.action.filter(stays), info: c.info.filter(stays) };
  const changed = content.action.length !== c.action.length || content.info.length !== c.info.length;
  return changed ? remember(state, content) : state;
}

function move(state: State, address: string, to: Field): State {
  const c = state.content;
  const from = to === "action" ? "info" : "action";
  const found = c[from].find((a) => fold(a) === fold(address));
  if (!found) return state;
  return remember(state, { ...c, [from]: c[from].filter((a) => a !== found), [to]: [...c[to], found] });
}

function undo(state: State): State {
  const last = state.past.at(-1);
  if (!last) return state;
  return { ...state, content: { ...state.content, ...last }, past: state.past.slice(0, -1) };
}
