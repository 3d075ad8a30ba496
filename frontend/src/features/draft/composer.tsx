import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useLocation } from "wouter";
import { usePolicies } from "../../api/queries";
import type { Installation } from "../../api/types";
import { announce, takeHereBack } from "../../components/announce";
import { useLabel } from "../../components/label/use-label";
import { MarkingBanner } from "../../components/marking";
import { useShortcuts } from "../../components/shortcuts";
import attachClasses from "./attach/attach.module.css";
import { useDrop } from "./attach/drop";
import { Attachments } from "./attach/list";
import { useUploads } from "./attach/use-uploads";
import { useAttachWords } from "./attach/words";
import { useBegun } from "./begun";
import { BlockSheet } from "./block/sheet";
import { useCheck } from "./check";
import { CheckPanel } from "./check/panel";
import { useWays } from "./check/use-ways";
import classes from "./composer.module.css";
import { Conflict } from "./conflict";
import { Fields } from "./fields";
import { Foot, needOf } from "./foot";
import { History } from "./history/history";
import { useHistoryWords } from "./history/words";
import { KeepButton, KeepLine, useKeep } from "./keep/keep";
import { LabelBar } from "./label/bar";
import { useDraftLabel } from "./label/use-draft-label";
import { useLaterWords } from "./later/words";
import { MilitaryRow } from "./military/row";
import { useNames } from "./names";
import { partsNeed } from "./needs";
import { GoneState } from "./page";
import type { Saver } from "./saver";
import { useSend } from "./sending";
import { begin, type Content, isLocked, type Military, recipientsOf, reduce, undoesText } from "./state";
import { type Stored, useElsewhere, useSaver } from "./stored";
import { LosingMarks, usePortionSwitch } from "./text/switch";
import { usePortionWords } from "./text/words";
import { Tools } from "./tools";
import { type DraftWords, useDraftWords } from "./words";

type Props = {
  id: string;
  stored: Stored;
  first: Content;
  kept: Saver | undefined;
  installation: Installation;
};

/** Composer is one draft being written: marking and label, fields, the check beside them, and Send. */
export function Composer({ id, stored, first, kept, installation }: Props) {
  const words = useDraftWords();
  const [, go] = useLocation();
  const [state, dispatch] = useReducer(reduce, first, begin);
  const [withMilitary, setMilitary] = useState(false);
  const [opened, setOpened] = useState<"" | "history" | "template" | "later">("");
  const [gone, setGone] = useState(false);
  const { content, phase } = state;
  const left = useCallback(
    () => announce(words.saved.left, { text: words.saved.back, run: () => go(`/draft/${id}`) }),
    [words, go, id],
  );
  useEffect(() => takeHereBack, []);
  const { saver, saved } = useSaver(id, stored, content, kept, left);
  const work = useRef<HTMLDivElement>(null);
  useBegun(id, saver, content, work);
  const keep = useKeep(id, saver, saver.version() > 0);
  const policies = usePolicies();
  const picker = useDraftLabel(state, dispatch, saver, policies.data ?? []);
  const { selecting, picking, setPicking } = picker;
  const check = useCheck(content);
  const label = useLabel(content.label);
  const report = "report" in check ? check.report : undefined;
  const name = useNames(recipientsOf(content), report);
  const ways = useWays({ content, dispatch, nameOf: name, words, go });
  const sender = senderOf(content, installation.identities);
  const send = useSend({ id, state, sender, dispatch, saver, words });
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

  const limit = installation.attachmentLimit;
  const { uploads, add, cancel, again } = useUploads(dispatch, limit);
  const drop = useDrop(add, locked);
  const portions = usePortionSwitch(content, dispatch);
  const more = { attach: useAttachWords(), portion: usePortionWords(), later: useLaterWords() };
  const historyWords = useHistoryWords();

  const undo = useCallback(() => {
    if (state.past.length === 0) return;
    dispatch({ type: "undo" });
    announce(words.undone);
  }, [state.past.length, words]);
  useUndoKey(undo, undoesText(state));
  const need =
    picker.need || needOf(state, selecting.isPending, words) || partsNeed(content, uploads, Date.now(), more);
  const trySend = () => {
    if (need === "" && !locked) void send();
  };
  const show = (what: typeof opened) => () => setOpened(what);
  const openMilitary = () => {
    setMilitary(true);
    requestAnimationFrame(() => document.querySelector<HTMLElement>("fieldset select")?.focus());
  };
  useShortcuts({
    "mod+Enter": () => trySend(),
    l: () => setPicking(true),
    m: openMilitary,
    p: () => (locked ? undefined : portions.toggle()),
    a: () => document.querySelector<HTMLElement>("[data-attach]")?.click(),
    h: () => (saved.is === "new" ? undefined : setOpened("history")),
    t: show("template"),
    q: show("later"), // not "s": it ends "g s"
  });
  const restore = (restored: Content, time: string) => {
    setOpened("");
    dispatch({ type: "restored", content: { ...restored, relabelled: content.relabelled } });
    announce(historyWords.restored(time), {
      text: historyWords.undo,
      isHere: true,
      run: () => dispatch({ type: "undo", only: "whole" }),
    });
  };
  const military = useMilitary(content);
  const refused = phase.is === "failed" ? phase.problem : saved.is === "failed" ? saved.problem : undefined;

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
    <div className={classes.draft} {...drop.on}>
      <div className={classes.work} ref={work}>
        {drop.isOver ? <div className={attachClasses.drop}>{more.attach.drop}</div> : null}
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
          bounds={picker.bounds}
          everyone={picker.everyone}
          explainSaved={
            saved.is === "failed" && saved.problem.code === "user-relabel-reason" ? picker.explain : undefined
          }
        />
        <div className={classes.scroll}>
          <Fields
            state={state}
            dispatch={dispatch}
            identities={installation.identities}
            report={report}
            nameOf={name}
            preview={ways.preview}
            isNew={stored === "new"}
          >
            <MilitaryRow
              fields={military}
              problem={refused}
              isLocked={locked}
              opened={withMilitary}
              setOpened={setMilitary}
              dispatch={dispatch}
            />
            <Tools
              content={content}
              isLocked={locked}
              isMarked={portions.isOn}
              togglePortions={portions.toggle}
              attach={add}
              showHistory={saved.is === "new" ? undefined : show("history")}
              saving={opened === "template"}
              setSaving={(is) => setOpened(is ? "template" : "")}
            >
              <KeepButton {...keep} hasLabel={content.label !== null} isLocked={locked} />
            </Tools>
            <KeepLine {...keep} />
            <LosingMarks {...portions} />
            <Attachments
              attachments={content.attachments}
              uploads={uploads}
              parts={report?.parts}
              isLocked={locked}
              limit={limit}
              dispatch={dispatch}
              cancel={cancel}
              again={again}
            />
          </Fields>
        </div>
        <Foot
          state={state}
          check={check}
          saved={saved}
          need={need}
          send={trySend}
          dispatch={dispatch}
          scheduling={opened === "later"}
          setScheduling={(is) => setOpened(is ? "later" : "")}
        />
      </div>
      <CheckPanel draft={id} check={check} locked={locked} preview={ways.show} apply={ways.apply} />
      <History id={id} opened={opened === "history"} close={show("")} restore={restore} />
      {phase.is === "blocked" ? (
        <BlockSheet
          report={phase.report}
          sender={sender}
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

/** senderOf is the address that a draft is sent from: that of the first identity where it names none, as the program takes it. */
function senderOf({ from, channel }: Content, identities: Installation["identities"]): string {
  const addresses = identities.map((i) => (channel === "chat" ? i.jid : i.mail));
  return from || addresses.find(Boolean) || "";
}

/** useMilitary gives the fields of a military message, the same ones as long as none of them changes. */
function useMilitary(content: Content): Military {
  const { primaryPrecedence, copyPrecedence, sic, messageType, originatorReference, handling } = content;
  return useMemo(
    () => ({ primaryPrecedence, copyPrecedence, sic, messageType, originatorReference, handling }),
    [primaryPrecedence, copyPrecedence, sic, messageType, originatorReference, handling],
  );
}

/**
 * useUndoKey: Ctrl-Z takes back the last change that was not typed, except in a text that has an undo of its own. `inText`: that
 * change was of the paragraphs themselves, of which their texts know nothing.
 */
function useUndoKey(undo: () => void, inText: boolean): void {
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (!(e.ctrlKey || e.metaKey) || e.shiftKey || e.key.toLowerCase() !== "z") return;
      if (hasOwnUndo(e.target) && !(inText && isParagraph(e.target))) return;
      e.preventDefault();
      undo();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [undo, inText]);
}

const isParagraph = (target: EventTarget | null) =>
  target instanceof HTMLTextAreaElement && target.dataset.paragraph !== undefined;

/** hasOwnUndo: a text takes back its own letters, also the last; an empty recipient field has none to take back. */
function hasOwnUndo(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (!(target instanceof HTMLInputElement) || ["radio", "checkbox"].includes(target.type)) return false;
  return target.getAttribute("role") !== "combobox" || target.value !== "";
}
