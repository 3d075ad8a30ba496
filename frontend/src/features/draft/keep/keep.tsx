import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../../api/client";
import { type Problem, problemOf } from "../../../api/problem";
import type { DraftCopy } from "../../../api/types";
import { touched } from "../../../components/begun";
import panel from "../../../components/panel.module.css";
import { ProblemDetails } from "../../../components/state";
import { useLanguage, useWords } from "../../../words/language";
import { useNote, useReason } from "../../../words/reasons";
import { longTime } from "../../../words/time";
import type { Saver } from "../saver";
import classes from "../text/text.module.css";
import { useKeepWords } from "./words";

/**
 * useKeep knows what became of a draft's copy in the mailbox, and asks for one: of the draft as it stands here, so what is not saved
 * yet is saved first. `copy` is undefined where there is no mailbox for it.
 */
export function useKeep(id: string, saver: Saver, isStored: boolean) {
  const client = useQueryClient();
  // Its key begins with "messages": what becomes of the copy is told like what becomes of a message.
  const key = ["messages", "draft-copy", id];
  const found = useQuery({
    queryKey: key,
    enabled: isStored,
    queryFn: async ({ signal }): Promise<DraftCopy | null> => {
      // Of a copy that was asked for there is news, also when the draft is gone; of none there is not, and its draft may be gone.
      const before = client.getQueryData<DraftCopy | null>(key);
      if (before === null || before?.state === "none") return before;
      if (before) return ask(api.GET("/api/drafts/{id}/copy", { params: { path: { id } }, signal }));
      const draft = await ask(api.GET("/api/drafts/{id}", { params: { path: { id } }, signal }));
      return draft.copy ?? null; // nothing at all is no answer to a query
    },
  });
  const keep = useMutation({
    mutationFn: async () => {
      touched(id); // what has a copy is wanted
      const version = await saver.flush();
      return ask(api.POST("/api/drafts/{id}/copy", { params: { path: { id } }, body: { version } }));
    },
    onSuccess: (copy) => client.setQueryData(key, copy),
  });
  return { copy: found.data ?? undefined, keep };
}

type Keep = ReturnType<typeof useKeep>;

/** KeepButton asks for the copy; without a mailbox for it there is none. */
export function KeepButton({ copy, keep, hasLabel, isLocked }: Keep & { hasLabel: boolean; isLocked: boolean }) {
  const words = useKeepWords();
  if (!copy) return null;
  return (
    <button
      type="button"
      className={`${panel.act} ${classes.tool}`}
      disabled={isLocked || !hasLabel || keep.isPending}
      title={hasLabel ? words.hint : words.needsLabel}
      onClick={() => keep.mutate()}
    >
      {keep.isPending ? words.keeping : copy.state === "accepted" ? words.again : words.keep}
    </button>
  );
}

/** KeepLine says what became of the copy, or why there is none. */
export function KeepLine({ copy, keep }: Keep) {
  const words = useKeepWords();
  const { language } = useLanguage();
  const note = useNote();
  if (keep.isError) return <NotKept problem={problemOf(keep.error)} />;
  if (!copy || copy.state === "none") return null;
  return (
    <p className={`${classes.kept} quiet`} role="status">
      {words.states[copy.state](copy.mailbox)}
      {copy.at && copy.state !== "removed" ? `, ${words.asOf(longTime(copy.at, language))}` : ""}.
      {copy.note ? ` ${note(copy.note)}` : ""}
      {copy.left ? ` ${words.left} ${copy.left}` : ""}
    </p>
  );
}

function NotKept({ problem: p }: { problem: Problem }) {
  const words = useKeepWords();
  const shared = useWords();
  const reason = useReason();
  if (p.code === "user-copy-blocked") {
    return (
      <div className={`${panel.asks} ${classes.ask}`} role="alert">
        <p>
          <strong>{words.blocked}</strong> {(p.reasons ?? []).map(reason).join(" ")}
        </p>
      </div>
    );
  }
  return (
    <div className={`${panel.asks} ${classes.ask}`} role="alert">
      <p>
        <strong>{words.failed}: </strong>
        {shared.problem.title[p.code] ?? shared.problem.title.other}
      </p>
      <ProblemDetails problem={p} />
    </div>
  );
}
