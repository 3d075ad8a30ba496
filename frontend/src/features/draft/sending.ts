import { type Dispatch, useCallback, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { follower, useLink } from "../../api/changes";
import { api, ask } from "../../api/client";
import { type Problem, problemOf, serverGone } from "../../api/problem";
import { announce } from "../../components/announce";
import type { Saver } from "./saver";
import { type Action, type Content, isLocked, messageOf, type State } from "./state";
import type { DraftWords } from "./words";

type Parts = { id: string; state: State; dispatch: Dispatch<Action>; saver: Saver; words: DraftWords };

/** No answer, or one that is none: then nobody knows whether the draft was handed over. */
const isUncertain = (p: Problem) => p.code === serverGone || p.code === "page-not-json";

/**
 * useSend gives the function that sends: it saves, has the draft checked with fresh data and handed to the queue. The
 * program takes the stored draft away in the same step, so a draft cannot be sent twice: not by a second click, a second
 * tab, or an answer that was lost.
 */
export function useSend({ id, state, dispatch, saver, words }: Parts) {
  const [, go] = useLocation();
  const { content, phase } = state;
  const isShown = useShown();
  useResolveUncertain({ phase, content, dispatch, saver, words });
  return useCallback(
    async (overrides: Record<string, string> = {}, changed?: Content) => {
      if (isLocked(phase)) return;
      const draft = changed ?? content;
      dispatch({ type: "phase", phase: { is: "sending", since: Date.now() } });
      const outcome = await trySending(id, draft, overrides, saver);
      if (outcome.is === "sent") {
        if (isShown()) go(`/sent/${outcome.message}`, { replace: true });
        announce(words.send.handed);
        return;
      }
      dispatch({ type: "phase", phase: outcome });
      if (!isShown()) announce(words.send.stillThere, { text: words.ways.openOther, run: () => go(`/draft/${id}`) });
    },
    [id, content, phase, dispatch, saver, words, go, isShown],
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

type Outcome = { is: "sent"; message: string } | Extract<State["phase"], { is: "blocked" | "failed" | "uncertain" }>;

async function trySending(
  id: string,
  draft: Content,
  overrides: Record<string, string>,
  saver: Saver,
): Promise<Outcome> {
  let version: number;
  try {
    saver.change(draft);
    version = await saver.flush();
  } catch (error) {
    return { is: "failed", problem: problemOf(error) }; // nothing was asked of the queue yet
  }
  saver.hold(true);
  try {
    const body = { draft: messageOf(draft), overrides, stored: { id, version } };
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

type Uncertain = Pick<Parts, "dispatch" | "saver" | "words"> & Pick<State, "phase" | "content">;

/**
 * useResolveUncertain finds out, when the program answers again, whether the draft was handed over: then it is gone. Else
 * it is saved once more, which gives it a new version: a request to send that is still under way names the old one, and
 * can no longer succeed behind the back of who is told that nothing was sent.
 */
function useResolveUncertain({ phase, content, dispatch, saver, words }: Uncertain): void {
  const link = useLink();
  const [, go] = useLocation();
  useEffect(() => {
    if (phase.is !== "uncertain" || link.state !== "here") return;
    saver.change(content);
    saver.flush().then(
      () => {
        saver.hold(false);
        dispatch({ type: "phase", phase: { is: "editing" } });
        announce(words.send.notSent);
      },
      (error: unknown) => {
        const p = problemOf(error);
        if (p.code === "user-draft-gone") {
          saver.stop();
          go("/sent", { replace: true });
        } else if (p.code === serverGone) follower.failed(p);
        else {
          saver.hold(false);
          dispatch({ type: "phase", phase: { is: "failed", problem: p } });
        }
      },
    );
  }, [phase, content, link, dispatch, saver, words, go]);
}
