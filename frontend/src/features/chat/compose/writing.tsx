import { Button } from "@mantine/core";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { flushSync } from "react-dom";
import type { ChatAccount, ChatCatalogue, ChatConversation, Installation, LabelSelection } from "../../../api/types";
import { MarkingBanner } from "../../../components/marking";
import { useShortcuts } from "../../../components/shortcuts";
import { Blocked } from "../../draft/blocked";
import { Conflict } from "../../draft/conflict";
import { needOf } from "../../draft/foot";
import { DraftLabel } from "../../draft/label/draft-label";
import { type Content, isUnbegun } from "../../draft/state";
import { Body } from "../../draft/text/body";
import { written } from "../../draft/text/paragraphs";
import { Problems, Running, SavedLine } from "../../draft/told";
import { useDraftWords } from "../../draft/words";
import { type Beginning, useWriting, type Writing } from "../../draft/writing";
import { useAfterChat } from "./after";
import { composed, isHere, type Next, useAhead } from "./ahead";
import { beginningFor } from "./beginning";
import { useShared } from "./board";
import { CatalogueMenu } from "./catalogue";
import classes from "./compose.module.css";
import { Correcting } from "./correcting";
import { again, type Current, fresh, waitsNoMore } from "./current";
import { itemIn } from "./first-label";
import { useJudged } from "./judged";
import { NextText, useHandBack } from "./next";
import { Recipient } from "./recipient";
import { Standing } from "./standing";
import { ChatText } from "./text";
import { throwAway } from "./throw-away";
import { useComposeWords } from "./words";

type Props = Beginning & {
  conversation: ChatConversation;
  account: ChatAccount;
  installation: Installation;
  current: Current;
  show: (c: Current) => void;
  leave: (c: Current, holds: boolean) => void;
  /** What a message begins with here; undefined: not known yet. */
  label: LabelSelection | null | undefined;
  catalogue: ChatCatalogue | undefined;
};

/** ChatWriting is one message of a conversation being written. It is the same draft, label, check and Send as of mail. */
export function ChatWriting({ conversation, account, installation, current, show, leave, ...given }: Props) {
  const { label: presumed, catalogue, ...beginning } = given;
  const words = useComposeWords();
  const shared = useDraftWords();
  const { board, done } = useShared();
  const work = useRef<HTMLDivElement>(null);
  const itemOf = useCallback((l: LabelSelection) => itemIn(catalogue, l), [catalogue]);
  const kept = useRef<Partial<Current["first"]>>({});
  const begin = useCallback(() => beginningFor(conversation, account, kept.current), [conversation, account]);
  const taking = useRef<Next["take"]>(() => undefined);
  const next = useCallback(() => {
    if (current.before) done();
    const later = current.before ?? current.later;
    const ahead = taking.current();
    if (ahead) return { ...ahead, later };
    return later ? again(later) : fresh(kept.current, isHere(work.current));
  }, [current.before, current.later, done]);
  // What waits is read and shown in one step: a letter between the two would be in neither.
  const showNext = useCallback(
    (to: () => Current) => composed(work.current, () => flushSync(() => show(to()))),
    [show],
  );
  const after = useAfterChat(conversation.id, current.id, next, showNext);
  const { identities } = installation;
  const writing = useWriting({ ...beginning, identities, after, work, itemOf });
  const { state, dispatch, saver, saved, check, picker, ways, locked } = writing;
  const { content, phase } = state;
  const isSending = phase.is === "sending";
  const ahead = useAhead({ first: current.id, begin, work, isSending });
  useEffect(() => {
    taking.current = ahead.take;
  });
  const hasNext = locked || !ahead.isEmpty;
  useHandBack(hasNext, work);
  useEffect(() => waitsNoMore(current.id), [current.id]);
  useEffect(() => {
    kept.current = { label: content.label, catalogueItem: content.catalogueItem };
  }, [content.label, content.catalogueItem]);
  useEffect(() => {
    if (presumed) dispatch({ type: "presumed", label: presumed, item: itemOf(presumed) });
  }, [presumed, itemOf, dispatch]);
  const { show: preview, apply } = ways;
  useEffect(
    () => board.show({ draft: current.id, check, locked, preview, apply }),
    [board, current.id, check, locked, preview, apply],
  );
  useLeaving(writing, (holds) => leave(current, holds));
  useJudged(conversation.id, writing);
  const isGone = writing.gone;
  useEffect(() => {
    if (!isGone) return; // sent or deleted in another tab
    const soon = setTimeout(() => showNext(next)); // nothing can be shown in one step while something is being drawn
    return () => clearTimeout(soon);
  }, [isGone, showNext, next]);

  const isCorrection = Boolean(content.replaces);
  const isEmpty = content.text.is === "plain" ? content.text.body.trim() === "" : written(content.text).length === 0;
  const missing = picker.need || needOf(state, picker.selecting.isPending, shared);
  const need = missing || (isEmpty ? words.needsText : "");
  const trySend = () => {
    if (locked) return ahead.send();
    if (need === "") void writing.send();
    else if (!content.label && !isEmpty) picker.setPicking(true);
  };
  useGoing(current.goes === true, beginning.first, writing, need);
  useShortcuts({ "mod+Enter": trySend, l: () => (isCorrection ? undefined : picker.setPicking(true)) });
  const offered = useMemo(
    () => (catalogue ? <CatalogueMenu catalogue={catalogue} choose={picker.selecting.change} /> : undefined),
    [catalogue, picker.selecting.change],
  );
  const stop = useCallback(() => {
    void throwAway(current.id, saver);
    showNext(next);
  }, [saver, current.id, showNext, next]);
  const takeAhead = useCallback(() => {
    const first = ahead.take();
    if (first) show({ ...first, hasFocus: true, later: isEmpty ? current.later : current });
  }, [ahead.take, isEmpty, current, show]);
  const sendable = check.is === "done" && check.report.sendable;
  const { name } = conversation;
  const isRoom = conversation.kind === "room";
  return (
    <div className={classes.compose} ref={work} data-composer>
      <MarkingBanner label={words.banner} {...writing.banner} />
      {saved.is === "conflict" ? (
        <Conflict
          {...{ id: current.id, saver, content, problem: saved.problem, replace: writing.replace }}
          discard={() => showNext(next)}
        />
      ) : null}
      <div className={classes.head} data-up>
        <DraftLabel
          writing={writing}
          isFixed={isCorrection}
          offered={offered}
          isClosed={catalogue?.restricted === true}
        />
        <Recipient conversation={conversation} report={writing.report} />
      </div>
      {isCorrection ? <Correcting message={content.replaces ?? ""} stop={stop} /> : null}
      <div className={classes.row} data-two={(hasNext && !isSending) || undefined}>
        <div className={classes.texts}>
          {content.text.is === "plain" ? (
            <ChatText
              text={content.text.body}
              label={words.text(name)}
              hint={isRoom ? words.hintRoom(name) : words.hintPerson}
              isLocked={locked}
              isAway={isSending}
              hasFocus={current.hasFocus}
              caret={current.caret}
              change={(text) => dispatch({ type: "typed", field: "body", text })}
              send={trySend}
              leave={isCorrection ? stop : undefined}
            />
          ) : (
            <Body text={content.text} label={content.label} isLocked={locked} dispatch={dispatch} />
          )}
          {hasNext ? (
            <NextText
              {...{ next: ahead, name, isSending, work, take: takeAhead }}
              isUncertain={phase.is === "uncertain"}
            />
          ) : null}
        </div>
        <Button data-send disabled={need !== "" || locked} onClick={trySend} title="Enter, Ctrl+Enter">
          {sendable ? (isCorrection ? words.correct : words.send) : words.checkAndSend}
        </Button>
      </div>
      <div className={classes.foot}>
        {phase.is === "sending" ? (
          <OnItsWay since={phase.since} text={content.text} next={ahead} />
        ) : (
          <span className="quiet">{isUnbegun(content) && content.label ? "" : need}</span>
        )}
        <Standing conversation={conversation} account={account} />
        {isSending || (isUnbegun(content) && saved.is === "new") ? null : <SavedLine saved={saved} />}
        <Problems phase={phase} saved={saved} />
      </div>
      <Blocked writing={writing} />
    </div>
  );
}

/** OnItsWay is what is being sent, and what becomes of what is typed meanwhile. */
function OnItsWay({ since, text, next }: { since: number; text: Content["text"]; next: Next }) {
  const { ahead: words } = useComposeWords();
  const waits = next.isEmpty ? "" : next.goes ? words.goes : words.waits;
  return (
    <>
      <Running since={since} />
      {text.is === "plain" ? (
        <span className={classes.away} title={words.quoted(text.body)}>
          {words.quoted(text.body)}
        </span>
      ) : null}
      <span role="status">{waits}</span>
    </>
  );
}

/**
 * useGoing sends, once and as it was left, a message on which Enter was pressed while it waited. It does so as it is drawn, and what comes
 * after it has the hand before the browser hears of another key: no letter falls into what is sent already.
 */
function useGoing(isGoing: boolean, first: Content, { state, locked, send }: Writing, need: string): void {
  const goes = useRef(isGoing);
  useLayoutEffect(() => {
    if (state.content !== first) goes.current = false; // whoever goes on writing sends it himself
    if (!goes.current || locked || need !== "") return;
    goes.current = false;
    void send();
  });
}

/** useLeaving tells, at the end, whether the draft holds something; one that was emptied again is thrown away. */
function useLeaving({ id, saver, state }: Writing, leave: (holds: boolean) => void): void {
  const latest = useRef({ content: state.content, leave });
  useEffect(() => {
    latest.current = { content: state.content, leave };
  });
  useEffect(
    () => () => {
      const isStored = saver.version() > 0 || !saver.isClean();
      const holds = isStored && !isUnbegun(latest.current.content);
      if (isStored && !holds && !saver.isHeld()) void throwAway(id, saver);
      latest.current.leave(holds);
    },
    [id, saver],
  );
}
