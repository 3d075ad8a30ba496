import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { api, ask } from "../../api/client";
import type { Template } from "../../api/types";
import { announce } from "../../components/announce";
import { beginDraft } from "../../components/begin-draft";
import { CloseIcon } from "../../components/icons";
import { ProblemState } from "../../components/state";
import { useLanguage } from "../../words/language";
import classes from "./drafts.module.css";
import { useDraftsWords } from "./words";

/** Templates are drafts to begin from. */
export function Templates() {
  const { templates: words } = useDraftsWords();
  const { language } = useLanguage();
  const all = useQuery({
    queryKey: ["templates", language],
    queryFn: ({ signal }) => ask(api.GET("/api/templates", { params: { query: { lang: language } }, signal })),
    staleTime: 0,
  });
  if (all.isError) return <ProblemState error={all.error} retry={() => void all.refetch()} inline />;
  if (!all.data || all.data.length === 0) return null;
  return (
    <section className={classes.templates} aria-labelledby="templates">
      <h2 id="templates">{words.title}</h2>
      <ul className={classes.list}>
        {all.data.map((t) => (
          <Row key={t.id} template={t} />
        ))}
      </ul>
    </section>
  );
}

function Row({ template: t }: { template: Template }) {
  const { templates: words, noLabel } = useDraftsWords();
  const [, go] = useLocation();
  const begin = useMutation({ mutationFn: () => beginDraft(t.content), onSuccess: (path) => go(path) });
  const remove = useRemove(t);
  const colours = t.background
    ? { background: t.background, color: t.foreground }
    : { border: "1px dashed var(--line-strong)" };
  return (
    <li className={classes.draft}>
      <button type="button" className={classes.template} disabled={begin.isPending} onClick={() => begin.mutate()}>
        <span className={classes.subject} title={t.name}>
          {t.name}
        </span>
        <span className={classes.marking} style={colours}>
          {t.marking || noLabel}
        </span>
        <span className={classes.new}>{words.begin}</span>
      </button>
      {begin.isError ? <ProblemState error={begin.error} inline /> : null}
      <button
        type="button"
        className={classes.remove}
        aria-label={words.remove(t.name)}
        title={words.remove(t.name)}
        onClick={() => void remove()}
      >
        <CloseIcon />
      </button>
    </li>
  );
}

/** useRemove deletes a template; "undo" keeps it again as it was. */
function useRemove(t: Template) {
  const { templates: words, undo } = useDraftsWords();
  const queries = useQueryClient();
  return async () => {
    const path = { id: t.id };
    const refresh = () => queries.invalidateQueries({ queryKey: ["templates"] });
    const restore = async (): Promise<void> => {
      try {
        await ask(api.PUT("/api/templates/{id}", { params: { path }, body: { name: t.name, content: t.content } }));
        await refresh();
      } catch {
        announce(words.notRestored, { text: undo, run: () => void restore() });
      }
    };
    try {
      await ask(api.DELETE("/api/templates/{id}", { params: { path } }));
      announce(words.removed(t.name), { text: undo, run: () => void restore() });
    } catch {
      announce(words.notRemoved);
    } finally {
      await refresh();
    }
  };
}
