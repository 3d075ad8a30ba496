import { useCallback, useEffect, useReducer, useState } from "react";
import { useLocation } from "wouter";
import type { Fix, Installation } from "../../api/types";
import { MarkingBanner } from "../../components/marking";
import { useShortcuts } from "../../components/shortcuts";
import { announce } from "../frame/announcements";
import { BlockSheet } from "./block/sheet";
import { useCheck } from "./check";
import { CheckPanel } from "./check/panel";
import classes from "./composer.module.css";
import { Conflict } from "./conflict";
import { Fields } from "./fields";
import { Foot, needOf } from "./foot";
import { LabelBar } from "./label/bar";
import { useLabel } from "./label/use-label";
import { useNames } from "./names";
import { GoneState } from "./page";
import { useSend } from "./sending";
import { shortNames } from "./shape";
import { startSplit } from "./split";
import { begin, type Content, isLocked, recipientsOf, reduce } from "./state";
import { type Stored, useElsewhere, useSaver } from "./stored";
import { useDraftWords } from "./words";

type Props = { id: string; stored: Stored; first: Content; installation: Installation };

/** Composer is one draft being written: marking and label, fields, the check beside them, and Send. */
export function Composer({ id, stored, first, installation }: Props) {
  const words = useDraftWords();
  const [, go] = useLocation();
  const [state, dispatch] = useReducer(reduce, first, begin);
  const [picking, setPicking] = useState(false);
  const [leaving, setLeaving] = useState<string[]>([]);
  const [gone, setGone] = useState(false);
  const { content, phase } = state;
  const { saver, saved } = useSaver(id, stored, content);
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
  const trySend = () => {
    if (needOf(state, words) === "") void send();
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
    if (f.kind === "split") void startSplit(content, f.addresses, words, go);
    else announce(words.ways.applied(names), { text: words.ways.undo, run: () => dispatch({ type: "undo" }) });
    dispatch({ type: "removed", addresses: f.addresses });
    document.querySelector<HTMLElement>("[data-send]")?.focus();
  };
  const choose = useCallback((l: NonNullable<Content["label"]>) => dispatch({ type: "label", label: l }), []);
  const edit = () => dispatch({ type: "phase", phase: { is: "editing" } });
  const sendWithout = (addresses: string[]) => {
    const next = reduce({ ...state, phase: { is: "editing" } }, { type: "removed", addresses });
    dispatch({ type: "phase", phase: { is: "editing" } });
    dispatch({ type: "removed", addresses });
    void send({}, next.content);
  };

  if (gone) return <GoneState />;
  const marking = content.label ? label.data : undefined;
  return (
    <div className={classes.draft}>
      <div className={classes.work}>
        <h1 className="visually-hidden">{content.subject || words.untitled}</h1>
        <MarkingBanner
          label={words.banner}
          marking={marking?.marking ?? ""}
          none={words.noLabel}
          {...coloursOf(marking)}
        />
        {saved.is === "conflict" ? (
          <Conflict id={id} problem={saved.problem} saver={saver} content={content} replace={changedElsewhere} />
        ) : null}
        <LabelBar label={content.label} locked={locked} choose={choose} opened={picking} setOpened={setPicking} />
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
        <Foot state={state} check={check} saved={saved} send={trySend} />
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

function coloursOf(m: { foreground: string; background: string } | undefined) {
  return { foreground: m?.foreground, background: m?.background };
}

/** useUndoKey: Ctrl-Z takes back the last change of recipients or label, except in a text that has an undo of its own. */
function useUndoKey(undo: () => void): void {
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (!(e.ctrlKey || e.metaKey) || e.shiftKey || e.key.toLowerCase() !== "z") return;
      const field = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement ? e.target : null;
      if (field && field.value !== "" && field.type !== "radio" && field.type !== "checkbox") return;
      e.preventDefault();
      undo();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [undo]);
}
