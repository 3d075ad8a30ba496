import { useClickOutside } from "@mantine/hooks";
import {
  type Dispatch,
  Fragment,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { usePolicies } from "../../../api/queries";
import type { LabelSelection } from "../../../api/types";
import { LabelPicker } from "../../../components/label/picker";
import { useSelection } from "../../../components/label/use-selection";
import { useLabelWords } from "../../../components/label/words";
import { ceilingOf } from "../label/bounds";
import type { Action } from "../state";
import type { Edit, Paragraph } from "./paragraphs";
import { Portion } from "./portion";
import classes from "./text.module.css";
import { usePortionWords } from "./words";

type Props = {
  paragraphs: readonly Paragraph[];
  label: LabelSelection | null;
  isLocked: boolean;
  dispatch: Dispatch<Action>;
};

/** Where the hand goes after an edit that made or joined paragraphs. */
type Caret = { id: number; at: number };

/** Portions are the paragraphs of a text that bears portion marks. */
export const Portions = memo(function Portions({ paragraphs, label, isLocked, dispatch }: Props) {
  const words = usePortionWords();
  const list = useRef<HTMLUListElement>(null);
  const latest = useRef(paragraphs);
  const caret = useRef<Caret | undefined>(undefined);
  const [marking, setMarking] = useState<number>();
  useLayoutEffect(() => {
    latest.current = paragraphs;
    const to = caret.current;
    caret.current = undefined;
    if (to) place(list.current, to);
  }, [paragraphs]);
  const edit = useCallback(
    (e: Edit) => {
      caret.current = caretAfter(latest.current, e);
      dispatch({ type: "paragraph", edit: e });
    },
    [dispatch],
  );
  const go = useCallback((id: number, by: -1 | 1) => {
    const to = latest.current[latest.current.findIndex((p) => p.id === id) + by];
    if (!to) return false;
    place(list.current, { id: to.id, at: by < 0 ? to.text.length : 0 });
    return true;
  }, []);
  const mark = useCallback((id: number) => setMarking((now) => (now === id ? undefined : id)), []);
  const close = useCallback(() => {
    list.current?.querySelector<HTMLElement>(`[data-mark="${marking}"]`)?.focus();
    setMarking(undefined);
  }, [marking]);
  const leave = useCallback((e: Event) => {
    // The button of a mark opens and closes by itself.
    if (!(e.target instanceof Element && e.target.closest("[data-mark]"))) setMarking(undefined);
  }, []);
  return (
    <ul className={classes.portions} aria-label={words.list} ref={list}>
      {paragraphs.map((p, i) => (
        <Fragment key={p.id}>
          <Portion
            paragraph={p}
            n={i + 1}
            isLocked={isLocked}
            isMarking={p.id === marking}
            edit={edit}
            mark={mark}
            go={go}
          />
          {p.id === marking ? (
            <Marking paragraph={p} n={i + 1} label={label} edit={edit} close={close} leave={leave} />
          ) : null}
        </Fragment>
      ))}
    </ul>
  );
});

/** caretAfter tells where the hand goes on. The new paragraph's number is the one that the edit will give it. */
function caretAfter(all: readonly Paragraph[], e: Edit): Caret | undefined {
  const at = all.findIndex((p) => p.id === e.id);
  const fresh = Math.max(0, ...all.map((p) => p.id)) + 1;
  const before = all[at - 1];
  switch (e.does) {
    case "break":
      return { id: fresh, at: 0 };
    case "join":
      return before ? { id: before.id, at: before.text.length } : undefined;
    case "paste":
      return { id: fresh + e.texts.length - 2, at: e.texts.at(-1)?.length ?? 0 };
    default:
      return undefined;
  }
}

function place(list: Element | null, { id, at }: Caret): void {
  const field = list?.querySelector<HTMLTextAreaElement>(`[data-paragraph="${id}"]`);
  field?.focus();
  field?.setSelectionRange(at, at);
}

type MarkingProps = {
  paragraph: Paragraph;
  n: number;
  label: LabelSelection | null;
  edit: (e: Edit) => void;
  close: () => void;
  leave: (e: Event) => void;
};

/** Marking is the label picker for one paragraph; it cannot rise above the message's label. */
function Marking({ paragraph, n, label, edit, close, leave }: MarkingProps) {
  const words = usePortionWords();
  const labelWords = useLabelWords();
  const policies = usePolicies();
  const { id } = paragraph;
  const choose = useCallback((l: LabelSelection) => edit({ does: "mark", id, label: l }), [edit, id]);
  const own = typeof paragraph.label === "object" ? paragraph.label : null;
  const selecting = useSelection(own, policies.data ?? [], choose);
  const bounds = useMemo(() => ceilingOf(label, labelWords), [label, labelWords]);
  const outside = useClickOutside(leave);
  const box = useRef<HTMLLIElement>(null);
  const isReady = policies.data !== undefined;
  useEffect(() => {
    if (isReady) box.current?.querySelector("section")?.scrollIntoView({ block: "nearest" });
  }, [isReady]);
  if (!policies.data) return null;
  return (
    <li className={classes.over} ref={box}>
      <div ref={outside}>
        <LabelPicker
          policies={policies.data}
          selecting={selecting}
          close={close}
          bounds={bounds}
          title={words.title(n)}
        >
          {selecting.isRefused ? <strong role="alert">{labelWords.refusedHere}</strong> : null}
        </LabelPicker>
      </div>
    </li>
  );
}
