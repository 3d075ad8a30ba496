import { type Dispatch, useCallback, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { follower, useLink } from "../../api/changes";
import { api, ask } from "../../api/client";
import { type Problem, problemOf, serverGone } from "../../api/problem";
import type { Seen } from "../../api/types";
import { announce } from "../../components/announce";
import type { Saver } from "./saver";
import { seenOf } from "./seen";
import { type Action, type Content, isLocked, messageOf, type State } from "./state";
import { readDraft, type Stored } from "./stored";
import type { DraftWords } from "./words";

type Parts = {
  id: string;
  state: State;
  /** The address that it is sent from. */
  sender: string;
  dispatch: Dispatch<Action>;
  saver: Saver;
  words: DraftWords;
  after: After;
};

/** After says what a page does once something became of the draft. It stays the same from one drawing to the next. */
export type After = {
  /** The program took it, under this id, or, where its answer was lost, under one that is not known. */
  taken: (message: string | undefined, isShown: boolean) => void;
  /** Where the draft is shown. */
  place: string;
};

/** No answer, or one that is none: then nobody knows whether the draft was handed over. */
const isUncertain = (p: Problem) => p.code === serverGone || p.code === "page-not-json";

/**
 * useSend gives the function that sends: it saves, has the draft checked with fresh data and handed to the queue. The
 * program takes the stored draft away in the same step, so a draft cannot be sent twice: not by a second click, a second
 * tab, or an answer that was lost.
 */
export function useSend({ id, state, sender, dispatch, saver, words, after }: Parts) {
  const [, go] = useLocation();
  const { content, phase } = state;
  const isShown = useShown();
  useResolveUncertain({ id, phase, content, dispatch, saver, words, after });
  return useCallback(
    async (overrides: Record<string, string> = {}, changed?: Content) => {
      if (isLocked(phase)) return;
      const draft = changed ?? content;
      dispatch({ type: "phase", phase: { is: "sending", since: Date.now() } });
      const given = { overrides, ...(phase.is === "blocked" ? { seen: seenOf(phase.report, sender) } : {}) };
      const outcome = await trySending(id, draft, given, saver);
      if (outcome.is === "sent") {
        after.taken(outcome.message, isShown());
        return;
      }
      dispatch({ type: "phase", phase: outcome });
      if (!isShown()) announce(words.send.stillThere, { text: words.ways.openOther, run: () => go(after.place) });
    },
    [id, content, sender, phase, dispatch, saver, words, after, go, isShown],
  );
}

/** useShown tells whether the draft's page is still shown: who has gone elsewhere meanwhile is not fetched back. */
function useShown(): () => boolean {
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  return useCallback(() => shown.current, []);
}

type Given = { overrides: Record<string, string>; seen?: Record<string, Seen> };

type Outcome = { is: "sent"; message: string } | Extract<State["phase"], { is: "blocked" | "failed" | "uncertain" }>;

async function trySending(id: string, draft: Content, given: Given, saver: Saver): Promise<Outcome> {
  let version: number;
  try {
    saver.change(draft);
    version = await saver.flush();
  } catch (error) {
    return { is: "failed", problem: problemOf(error) }; // nothing was asked of the queue yet
  }
  saver.hold(true);
  try {
    const body = { draft: messageOf(draft), ...given, stored: { id, version } };
    const sent = await ask(api.POST("/api/send", { body }));
    saver.stop();
    return { is: "sent", message: sent.message ?? "" };
  } catch (error) {
    const p = problemOf(error);
    if (isUncertain(p)) {
      follower.failed(p);
      return { is: "uncertain" };
    }
    saver.hold(false);
    return p.code === "user-blocked" && p.report ? { is: "blocked", report: p.report } : { is: "failed", problem: p };
  }
}

type Uncertain = Pick<Parts, "id" | "dispatch" | "saver" | "words" | "after"> & Pick<State, "phase" | "content">;

/**
 * settle finds out whether a draft was handed over whose answer was lost: then it is gone. Else it is saved once more, which
 * gives it a new version: a request to send that is still under way names the old one, and can no longer succeed behind the
 * back of who is told that nothing was sent. The same holds when another tab saved it, and it is still there. Any other answer
 * says nothing about it: it stays uncertain.
 */
export async function settle(
  save: () => Promise<unknown>,
  read: () => Promise<Stored>,
): Promise<"sent" | "not-sent" | Problem> {
  try {
    await save();
    return "not-sent";
  } catch (error) {
    const p = problemOf(error);
    if (p.code === "user-draft-gone") return "sent";
    if (p.code !== "user-draft-changed") return p;
  }
  try {
    return (await read()) === "new" ? "sent" : "not-sent";
  } catch (error) {
    return problemOf(error);
  }
}

const retryAfter = 2000;

/** useResolveUncertain settles it as soon as the program answers again, and asks until it knows. */
function useResolveUncertain({ id, phase, content, dispatch, saver, words, after }: Uncertain): void {
  const link = useLink();
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (phase.is !== "uncertain" || link.state !== "here") return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    saver.change(content);
    void settle(
      () => saver.flush(),
      () => readDraft(id),
    ).then((outcome) => {
      if (isOver) return;
      if (outcome === "sent") {
        saver.stop();
        after.taken(undefined, true);
      } else if (outcome === "not-sent") {
        saver.hold(false);
        dispatch({ type: "phase", phase: { is: "editing" } });
        announce(words.send.notSent);
      } else {
        if (outcome.code === serverGone) follower.failed(outcome);
        timer = setTimeout(() => setRound(round + 1), retryAfter);
      }
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [id, phase, content, link, dispatch, saver, words, after, round]);
}
