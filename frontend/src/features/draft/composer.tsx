import { useCallback, useEffect, useReducer, useState } from "react";
import { useLocation } from "wouter";
import { usePolicies } from "../../api/queries";
import type { Fix, Installation } from "../../api/types";
import { announce } from "../../components/announce";
import { useLabel } from "../../components/label/use-label";
import { useSelection } from "../../components/label/use-selection";
import { MarkingBanner } from "../../components/marking";
import { useShortcuts } from "../../components/shortcuts";
import { isInside } from "./addresses";
import { BlockSheet } from "./block/sheet";
import { useCheck } from "./check";
import { CheckPanel } from "./check/panel";
import classes from "./composer.module.css";
import { Conflict } from "./conflict";
import { Fields } from "./fields";
import { Foot, needOf } from "./foot";
import { LabelBar } from "./label/bar";
import { useNames } from "./names";
import { GoneState } from "./page";
import type { Saver } from "./saver";
import { useSend } from "./sending";
import { shortNames } from "./shape";
import { startSplit } from "./split";
import { begin, type Content, type Field, isLocked, recipientsOf, reduce } from "./state";
import { type Stored, useElsewhere, useSaver } from "./stored";
import { type DraftWords, useDraftWords } from "./words";

type Props = {
  id: string;
  stored: Stored;
  first: Content;
  kept: Saver | undefined;
  installation: Installation;
};

const fields: Field[] = ["action", "info"];

/** Composer is one draft being written: marking and label, fields, the check beside them, and Send. */
export function Composer({ id, stored, first, kept, installation }: Props) {
  const words = useDraftWords();
  const [, go] = useLocation();
  const [state, dispatch] = useReducer(reduce, first, begin);
  const [picking, setPicking] = useState(false);
  const [leaving, setLeaving] = useState<string[]>([]);
  const [gone, setGone] = useState(false);
  const { content, phase } = state;
  const left = useCallback(
    () => announce(words.saved.left, { text: words.saved.back, run: () => go(`/draft/${id}`) }),
    [words, go, id],
  );
  const { saver, saved } = useSaver(id, stored, content, kept, left);
  const choose = useCallback((l: NonNullable<Content["label"]>) => dispatch({ type: "label", label: l }), []);
  const policies = usePolicies();
  const selecting = useSelection(content.label, policies.data ?? [], choose);
  const check = useCheck(content);
  const label = useLabel(content.label);
  const report = "report" in check ? check.report : undefined;
  const name = useNames(recipientsOf(content), report);
  const send = useSend({ id, state, dispatch, saver, words });
  const locked = isLocked(phase);

  const changedElsewhere = useCallback(
    (s: Stored) => {
      if (s === "new") return;
      saver.replaced(s.version, s.changed, s.content);
      dispatch({ type: "replaced", content: s.content });
    },
    [saver],
  );
  const goneElsewhere = useCallback(() => setGone(true), []);
  useElsewhere(id, saver, changedElsewhere, goneElsewhere);

  const undo = useCallback(() => {
    if (state.past.length === 0) return;
    dispatch({ type: "undo" });
    announce(words.undone);
  }, [state.past.length, words]);
  useUndoKey(undo);
  const need = needOf(state, selecting.isPending, words);
  const trySend = () => {
    if (need === "" && !locked) void send();
  };
  useShortcuts({
    "mod+Enter": () => trySend(),
    l: () => setPicking(true),
  });

  const apply = (f: Fix) => {
    setLeaving([]);
    const names = shortNames(
      f.addresses.map((a) => name(a)?.name || a),
      words.ways.more,
    );
    const takeOut = () => {
      dispatch({ type: "removed", addresses: f.addresses });
      document.querySelector<HTMLElement>("[data-send]")?.focus();
    };
    if (f.kind === "split") {
      // Nobody is taken out of this draft before the other one is there.
      startSplit(content, f.addresses, words, go).then(takeOut, () => announce(words.ways.splitFailed));
      return;
    }
    takeOut();
    const back = (field: Field) =>
      dispatch({ type: "added", field, addresses: content[field].filter((a) => isInside(f.addresses, a)) });
    announce(words.ways.applied(names), { text: words.ways.undo, run: () => fields.forEach(back) });
  };
  const edit = () => {
    dispatch({ type: "phase", phase: { is: "editing" } });
    // To the reasons, not to Send: a key of habit there would only begin the same again.
    requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-check]")?.focus());
  };
  const sendWithout = (addresses: string[]) => {
    const next = reduce({ ...state, phase: { is: "editing" } }, { type: "removed", addresses });
    dispatch({ type: "phase", phase: { is: "editing" } });
    dispatch({ type: "removed", addresses });
    void send({}, next.content);
  };

  if (gone) return <GoneState />;
  const banner = bannerOf(content.label !== null, label, words);
  return (
    <div className={classes.draft}>
      <div className={classes.work}>
        <h1 className="visually-hidden">{content.subject || words.untitled}</h1>
        <MarkingBanner label={words.banner} {...banner} />
        {saved.is === "conflict" ? (
          <Conflict id={id} problem={saved.problem} saver={saver} content={content} replace={changedElsewhere} />
        ) : null}
        <LabelBar
          label={content.label}
          selecting={selecting}
          policies={policies}
          locked={locked}
          opened={picking}
          setOpened={setPicking}
        />
        <div className={classes.scroll}>
          <Fields
            state={state}
            dispatch={dispatch}
            identities={installation.identities}
            report={report}
            nameOf={name}
            leaving={leaving}
            isNew={stored === "new"}
          />
        </div>
        <Foot state={state} check={check} saved={saved} need={need} send={trySend} />
      </div>
      <CheckPanel check={check} locked={locked} preview={setLeaving} apply={apply} />
      {phase.is === "blocked" ? (
        <BlockSheet
          report={phase.report}
          back={edit}
          leaveOut={sendWithout}
          override={(reasons) => void send(reasons)}
        />
      ) : null}
    </div>
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

/** useUndoKey: Ctrl-Z takes back the last change of recipients or label, except in a text that has an undo of its own. */
function useUndoKey(undo: () => void): void {
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (!(e.ctrlKey || e.metaKey) || e.shiftKey || e.key.toLowerCase() !== "z") return;
      if (hasOwnUndo(e.target)) return;
      e.preventDefault();
      undo();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [undo]);
}

/** hasOwnUndo: a text takes back its own letters, also the last; an empty recipient field has none to take back. */
function hasOwnUndo(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (!(target instanceof HTMLInputElement) || ["radio", "checkbox"].includes(target.type)) return false;
  return target.getAttribute("role") !== "combobox" || target.value !== "";
}
