import { type ClipboardEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Hit, LabelSelection } from "../../../api/types";
import { isExpired } from "../../../components/hit";
import { fold, looksLikeAddress, parseAddresses } from "../addresses";
import { knownOf, remember } from "../names";
import { type Completion, useCompletion } from "./completion";
import type { Option } from "./list";
import { sorted } from "./lists";
import { picked } from "./picked";

type Given = {
  addresses: string[];
  /** The other field's: nobody is a recipient twice. */
  others: string[];
  label: LabelSelection | null;
  typing: string;
  add: (addresses: string[]) => void;
  remove: (addresses: string[]) => void;
  typed: (text: string) => void;
  toChips: () => void;
};

/** useField is what happens in the input of a recipient field: typing, choosing, pasting. */
export function useField({ addresses, others, label, typing, add, remove, typed, toChips }: Given) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(typing);
  const [left, setLeft] = useState(""); // of what was pasted, what is no address
  const [twice, setTwice] = useState<string[]>([]); // of what was given at once, who was there already
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [entered, setEntered] = useState(false);
  const completion = useCompletion(open || entered ? text : "", label);
  const { hits, groups } = completion;
  const chosen = useMemo(() => new Set(addresses.map(fold)), [addresses]);
  const options = useMemo(() => optionsOf(text, { hits, groups }, chosen), [text, hits, groups, chosen]);

  const said = useRef(typing);
  const say = (value: string) => {
    said.current = value;
    setText(value);
  };
  // What another tab typed is shown here too.
  useEffect(() => {
    if (typing === said.current) return;
    said.current = typing;
    setText(typing);
  }, [typing]);
  const type = (value: string) => {
    say(value);
    setEntered(false);
    setLeft("");
    setTwice([]);
    setActive(0);
    setOpen(value.trim() !== "");
    typed(value);
  };
  const take = (found: string[]) => {
    setTwice(sorted({ action: addresses, info: others }, found).twice);
    add(found);
    say("");
    setActive(0);
    setOpen(false);
  };
  const choose = (o: Option | undefined) => {
    if (!o) return;
    input.current?.focus();
    use(o);
  };
  const use = (o: Option) => {
    if (o.kind === "ask") return completion.askAll();
    if (o.kind === "address") return take([o.address]);
    if (o.kind === "group") return take(o.group.addresses);
    remember(o.hit.address, knownOf({ ...o.hit, disabled: o.hit.disabled || isExpired(o.hit) }));
    picked(o.hit.id);
    take([o.hit.address]);
  };
  // Who presses Enter faster than the book answers means what it will find, not what still stands there from before; he may
  // have gone on to another field by then, and is not fetched back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it waits for the answer alone
  useEffect(() => {
    if (!entered || !completion.isFresh) return;
    setEntered(false);
    const first = options[0];
    if (first && (first.kind !== "ask" || document.activeElement === input.current)) use(first);
  }, [entered, completion.isFresh]);

  const step = (e: KeyboardEvent, to: number) => {
    e.preventDefault();
    setOpen(true);
    setActive(Math.max(0, Math.min(options.length - 1, to)));
  };
  const enter = (e: KeyboardEvent) => {
    if (text.trim() === "") return;
    e.preventDefault();
    if (completion.isFresh || active > 0 || !open) choose(options[active]);
    else setEntered(true);
  };
  const onKeyDown = (e: KeyboardEvent<HTMLInputElement>) => {
    if (e.nativeEvent.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    switch (e.key) {
      case "ArrowDown":
        return step(e, open ? active + 1 : 0);
      case "ArrowUp":
        return step(e, active - 1);
      case "Enter":
        return enter(e);
      case "Tab":
        return open && options[active]?.kind === "hit" && !e.shiftKey ? enter(e) : undefined;
      case "Escape":
        return open ? close(e) : undefined;
      case "Backspace":
        return text === "" && addresses.length > 0 ? remove(addresses.slice(-1)) : undefined;
      case "ArrowLeft":
        return text === "" && addresses.length > 0 ? toChips() : undefined;
      case ",":
      case ";":
        if (!looksLikeAddress(text)) return;
        e.preventDefault();
        take([text.trim()]);
    }
  };
  const close = (e: KeyboardEvent) => {
    e.preventDefault();
    setOpen(false);
  };
  const onPaste = (e: ClipboardEvent<HTMLInputElement>) => {
    const { addresses: pasted, rest } = parseAddresses(e.clipboardData.getData("text"));
    if (pasted.length === 0 || (pasted.length === 1 && rest !== "")) return;
    e.preventDefault();
    const half = [text.trim(), rest].filter((t) => t !== "").join(", ");
    take(pasted);
    if (half === "") return;
    setText(half); // it holds Send back until it is finished or cleared
    setLeft(rest);
    typed(half);
  };
  const onBlur = () => {
    setOpen(false);
    if (looksLikeAddress(text)) take([text.trim()]);
  };
  const onFocus = () => setOpen(text.trim() !== "");
  return {
    input,
    text,
    left,
    twice,
    open,
    active,
    setActive,
    completion,
    options,
    type,
    choose,
    onKeyDown,
    onPaste,
    onBlur,
    onFocus,
  };
}

/**
 * optionsOf puts first what Enter would take. Of a whole address that is the address itself, never somebody whose address only
 * begins like it; else what the book found, and at the end the way to ask everybody.
 */
function optionsOf(
  text: string,
  { hits, groups }: Pick<Completion, "hits" | "groups">,
  chosen: ReadonlySet<string>,
): Option[] {
  const wanted = text.trim();
  if (wanted === "") return [];
  const isExact = (h: Hit) => [...h.mail, ...h.jid, h.address].some((a) => fold(a) === fold(wanted));
  const free = hits.filter((h) => !chosen.has(fold(h.address)));
  const found: Option[] = [...free.filter(isExact), ...free.filter((h) => !isExact(h))].map((hit) => ({
    kind: "hit",
    hit,
  }));
  found.push(...groups.map((group): Option => ({ kind: "group", group })));
  if (!looksLikeAddress(wanted) || hits.some(isExact)) return [...found, { kind: "ask" }];
  const itself: Option = { kind: "address", address: wanted };
  const isWhole = /@[^@]+\.[^@.]+$/.test(wanted);
  return isWhole ? [itself, ...found, { kind: "ask" }] : [...found, itself, { kind: "ask" }];
}
