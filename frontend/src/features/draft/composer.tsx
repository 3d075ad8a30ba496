import { useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Installation } from "../../api/types";
import { announce } from "../../components/announce";
import { MarkingBanner } from "../../components/marking";
import { useShortcuts } from "../../components/shortcuts";
import { useAfterMail } from "./after";
import attachClasses from "./attach/attach.module.css";
import { useDrop } from "./attach/drop";
import { Attachments } from "./attach/list";
import { useUploads } from "./attach/use-uploads";
import { useAttachWords } from "./attach/words";
import { Blocked } from "./blocked";
import { CheckPanel } from "./check/panel";
import classes from "./composer.module.css";
import { Conflict } from "./conflict";
import { Fields } from "./fields";
import { Foot, needOf } from "./foot";
import { History } from "./history/history";
import { useHistoryWords } from "./history/words";
import { KeepButton, KeepLine, useKeep } from "./keep/keep";
import { DraftLabel } from "./label/draft-label";
import { useLaterWords } from "./later/words";
import { MilitaryRow } from "./military/row";
import { partsNeed } from "./needs";
import { GoneState } from "./page";
import type { Content, Military } from "./state";
import { LosingMarks, usePortionSwitch } from "./text/switch";
import { usePortionWords } from "./text/words";
import { Tools } from "./tools";
import { useDraftWords } from "./words";
import { type Beginning, useWriting } from "./writing";

type Props = Beginning & { installation: Installation };

/** Composer is one draft being written: marking and label, fields, the check beside them, and Send. */
export function Composer({ installation, ...beginning }: Props) {
  const { id, stored } = beginning;
  const words = useDraftWords();
  const [, go] = useLocation();
  const [withMilitary, setMilitary] = useState(false);
  const [opened, setOpened] = useState<"" | "history" | "template" | "later">("");
  const work = useRef<HTMLDivElement>(null);
  const { identities } = installation;
  const writing = useWriting({ ...beginning, identities, after: useAfterMail(id), work });
  const { state, dispatch, saver, saved, picker, check, report, ways, locked } = writing;
  const { content, phase } = state;
  const { selecting, setPicking } = picker;
  const keep = useKeep(id, saver, saver.version() > 0);

  const limit = installation.attachmentLimit;
  const { uploads, add, cancel, again } = useUploads(dispatch, limit);
  const drop = useDrop(add, locked);
  const portions = usePortionSwitch(content, dispatch);
  const more = { attach: useAttachWords(), portion: usePortionWords(), later: useLaterWords() };
  const historyWords = useHistoryWords();

  const need =
    picker.need || needOf(state, selecting.isPending, words) || partsNeed(content, uploads, Date.now(), more);
  const trySend = () => {
    if (need === "" && !locked) void writing.send();
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

  if (writing.gone) return <GoneState />;
  return (
    <div className={classes.draft} {...drop.on}>
      <div className={classes.work} ref={work}>
        {drop.isOver ? <div className={attachClasses.drop}>{more.attach.drop}</div> : null}
        <h1 className="visually-hidden">{content.subject || words.untitled}</h1>
        <MarkingBanner label={words.banner} {...writing.banner} />
        {saved.is === "conflict" ? (
          <Conflict
            {...{ id, saver, content, problem: saved.problem, replace: writing.replace }}
            discard={() => go("/", { replace: true })}
          />
        ) : null}
        <DraftLabel writing={writing} />
        <div className={classes.scroll}>
          <Fields
            state={state}
            dispatch={dispatch}
            identities={identities}
            report={report}
            nameOf={writing.nameOf}
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
      <Blocked writing={writing} />
    </div>
  );
}

/** useMilitary gives the fields of a military message, the same ones as long as none of them changes. */
function useMilitary(content: Content): Military {
  const { primaryPrecedence, copyPrecedence, sic, messageType, originatorReference, handling } = content;
  return useMemo(
    () => ({ primaryPrecedence, copyPrecedence, sic, messageType, originatorReference, handling }),
    [primaryPrecedence, copyPrecedence, sic, messageType, originatorReference, handling],
  );
}
