import type { DraftContent, LabelSelection } from "../../../api/types";

/** The label of a paragraph: chosen names, or whole, in XML, from another program. */
export type PartLabel = LabelSelection | string;

/** A paragraph with a mark of its own; null: none was chosen yet, and it is not sent so. `id` is of this page alone. */
export type Paragraph = { id: number; text: string; label: PartLabel | null };

/** The text of a draft: one body under the message's label, or paragraphs that bear each its own. */
export type Text = { is: "plain"; body: string } | { is: "marked"; paragraphs: readonly Paragraph[] };

type Stored = Pick<DraftContent, "body" | "parts">;

/** textOf reads what is stored: a body before marked paragraphs is paragraphs that have no mark yet. */
export function textOf({ body = "", parts = [] }: Stored): Text {
  if (parts.length === 0) return { is: "plain", body };
  const first = body === "" ? [] : [{ text: body, label: null }];
  return marked([...first, ...parts.map((p) => ({ text: p.text, label: p.label === "" ? null : p.label }))]);
}

/** storedText is what textOf reads. */
export function storedText(text: Text): Required<Stored> {
  if (text.is === "plain") return { body: text.body, parts: [] };
  return { body: "", parts: text.paragraphs.map((p) => ({ text: p.text, label: p.label ?? "" })) };
}

/** isEmpty: nothing was written, and no mark chosen. */
export function isEmpty(text: Text): boolean {
  if (text.is === "plain") return text.body === "";
  return text.paragraphs.every((p) => p.text === "" && p.label === null);
}

/** written are the paragraphs that hold something: the others are not sent. */
export function written(text: Text): readonly Paragraph[] {
  return text.is === "plain" ? [] : text.paragraphs.filter((p) => p.text.trim() !== "");
}

/** messageText is the text as it is sent and checked: what stands unmarked before the first mark is the body. */
export function messageText(text: Text): Required<Stored> {
  if (text.is === "plain") return { body: text.body, parts: [] };
  const all = written(text);
  const first = all.findIndex((p) => p.label !== null);
  const at = first < 0 ? all.length : first;
  const parts = all.slice(at).map((p) => ({ text: p.text, label: p.label ?? "" }));
  return { body: joined(all.slice(0, at)), parts };
}

function marked(parts: readonly Omit<Paragraph, "id">[]): Text {
  return { is: "marked", paragraphs: parts.map((p, i) => ({ ...p, id: i + 1 })) };
}

/** paragraphsIn cuts a text at its empty lines; where it has none, at its line ends. */
export function paragraphsIn(body: string): string[] {
  const text = body.replace(/\r\n?/g, "\n").trim();
  const pieces = /\n[ \t]*\n/.test(text) ? text.split(/\n[ \t]*(?:\n[ \t]*)+/) : text.split("\n");
  return pieces.map((p) => p.trimEnd());
}

/** turnOn makes paragraphs of a body; each begins with a mark. */
export function turnOn(text: Text, label: PartLabel | null): Text {
  return text.is === "marked" ? text : marked(paragraphsIn(text.body).map((p) => ({ text: p, label })));
}

/** turnOff makes one body of the paragraphs: all of it is then under the message's label. */
export function turnOff(text: Text): Text {
  return text.is === "plain" ? text : { is: "plain", body: joined(text.paragraphs) };
}

const joined = (paragraphs: readonly Paragraph[]) =>
  paragraphs
    .map((p) => p.text)
    .join("\n\n")
    .trimEnd();

const next = (paragraphs: readonly Paragraph[]) => Math.max(0, ...paragraphs.map((p) => p.id)) + 1;

/** What is done to paragraphs. `from` and `to` are the ends of what was selected. */
export type Edit =
  | { does: "type"; id: number; text: string }
  | { does: "mark"; id: number; label: PartLabel | null }
  | { does: "break"; id: number; from: number; to: number }
  | { does: "join"; id: number }
  | { does: "paste"; id: number; from: number; to: number; texts: readonly string[] };

/** edited carries out an edit; what fits nothing changes nothing. */
export function edited(all: readonly Paragraph[], e: Edit): readonly Paragraph[] {
  const at = all.findIndex((p) => p.id === e.id);
  const here = all[at];
  if (!here) return all;
  const put = (...paragraphs: Paragraph[]) => [...all.slice(0, at), ...paragraphs, ...all.slice(at + 1)];
  switch (e.does) {
    case "type":
      return e.text === here.text ? all : put({ ...here, text: e.text });
    case "mark":
      return e.label === here.label ? all : put({ ...here, label: e.label });
    case "break":
      return put(...inserted(all, here, e.from, e.to, ["", ""]));
    case "paste":
      return e.texts.length === 0 ? all : put(...inserted(all, here, e.from, e.to, e.texts));
    case "join": {
      const before = all[at - 1];
      if (!before) return all;
      const one = { ...before, text: before.text + here.text, label: joinedLabel(before, here) };
      return [...all.slice(0, at - 1), one, ...all.slice(at + 1)];
    }
  }
}

/**
 * joinedLabel: two paragraphs of one mark keep it. An empty one has nothing to protect. Of two that differ nobody says which is
 * enough (their order is partial), so the person marks the joined one anew.
 */
function joinedLabel(a: Paragraph, b: Paragraph): PartLabel | null {
  if (b.text === "" || sameLabel(a.label, b.label)) return a.label;
  return a.text === "" ? b.label : null;
}

/** sameLabel: two labels are spelled alike. */
export function sameLabel(a: PartLabel | null, b: PartLabel | null): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** inserted puts texts where something was selected; each after the first is a paragraph of its own under the same mark. */
function inserted(
  all: readonly Paragraph[],
  here: Paragraph,
  from: number,
  to: number,
  texts: readonly string[],
): Paragraph[] {
  const whole = texts.map((t, i) => {
    const head = i === 0 ? here.text.slice(0, from) : "";
    const tail = i === texts.length - 1 ? here.text.slice(to) : "";
    return head + t + tail;
  });
  const id = next(all);
  return whole.map((text, i) => (i === 0 ? { ...here, text } : { id: id + i - 1, text, label: here.label }));
}

/**
 * takenBack undoes a step that made `after` of `before`, and keeps what was typed since. It fits only the newest step that is
 * not undone yet: then nothing but texts differs between `after` and `now`.
 */
export function takenBack(before: Text, after: Text, now: Text): Text {
  if (now === after) return before;
  if (before.is === "plain") return turnOff(now);
  if (now.is === "plain") return remarked(now.body, before.paragraphs);
  if (after.is === "plain") return before;
  return { is: "marked", paragraphs: put(before.paragraphs, after.paragraphs, now.paragraphs) };
}

/** remarked gives back their marks to those paragraphs of a body that are as they were; one that was changed has none. */
function remarked(body: string, before: readonly Paragraph[]): Text {
  const left = [...before];
  return marked(
    paragraphsIn(body).map((text) => {
      const at = left.findIndex((p) => p.text.trim() === text.trim());
      return { text, label: at < 0 ? null : (left.splice(at, 1)[0]?.label ?? null) };
    }),
  );
}

function put(
  before: readonly Paragraph[],
  after: readonly Paragraph[],
  now: readonly Paragraph[],
): readonly Paragraph[] {
  const typed = new Map(now.map((p) => [p.id, p.text]));
  const textNow = (p: Paragraph) => typed.get(p.id) ?? p.text;
  const at = before.findIndex((p) => !typed.has(p.id));
  if (at > 0) return unjoined(before, at, textNow);
  const known = new Set(before.map((p) => p.id));
  const fresh = after.filter((p) => !known.has(p.id));
  return before.map((p) => {
    const then = after.find((a) => a.id === p.id);
    if (!then || then.text === p.text) return { ...p, text: textNow(p) };
    const pieces = [then, ...fresh];
    const isBreak = pieces.map((x) => x.text).join("") === p.text;
    return isBreak ? { ...p, text: pieces.map(textNow).join("") } : p;
  });
}

/** unjoined cuts a paragraph where another one, the one at a place, was joined to it. */
function unjoined(before: readonly Paragraph[], at: number, textNow: (p: Paragraph) => string): Paragraph[] {
  const head = before[at - 1]?.text ?? "";
  const tail = before[at]?.text ?? "";
  return before.map((p, i) => {
    if (i !== at - 1 && i !== at) return { ...p, text: textNow(p) };
    const whole = before[at - 1] ? textNow(before[at - 1] ?? p) : "";
    const isBehind = !whole.startsWith(head) && whole.endsWith(tail);
    const cut = isBehind ? whole.length - tail.length : Math.min(head.length, whole.length);
    return { ...p, text: i === at ? whole.slice(cut) : whole.slice(0, cut) };
  });
}
