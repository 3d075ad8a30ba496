import { Button } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { follower, randomName } from "../../api/changes";
import { api, ask } from "../../api/client";
import { type Problem, problemOf } from "../../api/problem";
import { ProblemDetails } from "../../components/state";
import classes from "./composer.module.css";
import type { Saver } from "./saver";
import { type Content, storedOf } from "./state";
import { readDraft, type Stored } from "./stored";
import { useDraftWords } from "./words";

type Props = {
  id: string;
  problem: Problem;
  saver: Saver;
  content: Content;
  replace: (s: Stored) => void;
  discard: () => void;
};

/** Conflict: another tab changed the draft while this one had something unsaved. The person chooses; nothing is merged unseen. */
export function Conflict({ id, problem, saver, content, replace, discard }: Props) {
  const words = useDraftWords();
  const [, go] = useLocation();
  const isGone = problem.code === "user-draft-gone";
  const now = (use: (s: Stored) => void) => readDraft(id).then(use, (e: unknown) => follower.failed(problemOf(e)));
  const keepMine = () => void now((s) => saver.rebase(s === "new" ? 0 : s.version));
  const [other] = useState(randomName); // a second click makes no second draft
  const [failed, setFailed] = useState<Problem>();
  const asNew = async () => {
    try {
      await ask(
        api.PUT("/api/drafts/{id}", {
          params: { path: { id: other } },
          body: { version: 0, content: storedOf(content) },
        }),
      );
      saver.stop();
      go(`/draft/${other}`, { replace: true });
    } catch (error) {
      setFailed(problemOf(error));
    }
  };
  return (
    <div className={classes.conflict} role="alert">
      <strong>{isGone ? words.conflict.gone : words.conflict.changed}.</strong>
      <span>{words.conflict.text}</span>
      {failed ? <ProblemDetails problem={failed} /> : null}
      {isGone ? (
        <>
          <Button size="compact-sm" onClick={() => void asNew()}>
            {words.conflict.asNew}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              saver.stop();
              discard();
            }}
          >
            {words.conflict.discard}
          </Button>
        </>
      ) : (
        <>
          <Button size="compact-sm" onClick={keepMine}>
            {words.conflict.mine}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => void now(replace)}>
            {words.conflict.theirs}
          </Button>
        </>
      )}
    </div>
  );
}
