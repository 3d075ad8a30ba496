import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { api, ask } from "../../api/client";
import type { DraftSummary } from "../../api/types";
import { announce } from "../../components/announce";
import { CloseIcon, RoomIcon } from "../../components/icons";
import { newDraftPath } from "../../components/new-draft";
import { EmptyState, ProblemState, SkeletonRows } from "../../components/state";
import { useLanguage } from "../../words/language";
import { longTime } from "../../words/time";
import classes from "./drafts.module.css";
import { FromFile } from "./from-file";
import { Templates } from "./templates";
import { useDraftsWords } from "./words";

/** DraftsPage lists what is being written. */
export function DraftsPage() {
  const words = useDraftsWords();
  const [, go] = useLocation();
  useDocumentTitle(`${words.title} – Caveat`);
  const drafts = useQuery({
    queryKey: ["drafts"],
    queryFn: ({ signal }) => ask(api.GET("/api/drafts", { signal })),
    staleTime: 0,
  });
  const create = (
    <div className={classes.acts}>
      <Button onClick={() => go(newDraftPath())}>{words.create}</Button>
      <FromFile />
    </div>
  );
  if (drafts.isError && !drafts.data) return <ProblemState error={drafts.error} retry={() => void drafts.refetch()} />;
  if (!drafts.data) return <SkeletonRows title={words.title} label={words.loading} />;
  if (drafts.data.length === 0) {
    return (
      <>
        <EmptyState title={words.emptyTitle} action={create}>
          {words.emptyText}
        </EmptyState>
        <Templates />
      </>
    );
  }
  return (
    <>
      <div className={classes.head}>
        <h1>{words.title}</h1>
        {create}
      </div>
      <List drafts={drafts.data} />
      <Templates />
    </>
  );
}

function List({ drafts }: { drafts: readonly DraftSummary[] }) {
  const whom = useWhom(drafts);
  return (
    <ul className={classes.list}>
      {drafts.map((d) => (
        <Row key={d.id} draft={d} whom={whom(d.id)} />
      ))}
    </ul>
  );
}

/** useWhom tells with whom the conversation is that a draft of chat is written in; "": with nobody, or it is not open. */
function useWhom(drafts: readonly DraftSummary[]): (id: string) => string {
  const { language } = useLanguage();
  const chat = useQuery({
    queryKey: ["chat", "list", language],
    enabled: drafts.some((d) => d.channel === "chat"),
    queryFn: ({ signal }) => ask(api.GET("/api/chat", { params: { query: { lang: language } }, signal })),
  });
  return (id) => chat.data?.conversations.find((c) => c.draft === id)?.name ?? "";
}

function Row({ draft: d, whom }: { draft: DraftSummary; whom: string }) {
  const words = useDraftsWords();
  const { language } = useLanguage();
  const remove = useRemove(d);
  const subject = d.subject || (d.channel === "chat" ? words.chat(whom) : words.untitled);
  const colours = d.background
    ? { background: d.background, color: d.foreground }
    : { border: "1px dashed var(--line-strong)" };
  return (
    <li className={classes.draft}>
      <Link href={`/draft/${d.id}`} className={classes.open}>
        <span className={classes.subject} title={subject}>
          {d.channel === "chat" ? <RoomIcon size={14} /> : null} {subject}
        </span>
        <span className={classes.side}>{longTime(d.changed, language)}</span>
        <span className={classes.excerpt}>{d.excerpt || words.noText}</span>
        <span className={classes.side}>{words.recipients(d.recipients)}</span>
        <span className={classes.marking} style={colours}>
          {d.marking || words.noLabel}
        </span>
      </Link>
      <button type="button" className={classes.remove} aria-label={words.remove(subject)} onClick={() => void remove()}>
        <CloseIcon />
      </button>
    </li>
  );
}

/** useRemove deletes a draft; "undo" writes it again as it was. */
function useRemove(d: DraftSummary) {
  const words = useDraftsWords();
  const queries = useQueryClient();
  return async () => {
    const path = { id: d.id };
    const refresh = () => queries.invalidateQueries({ queryKey: ["drafts"] });
    try {
      const whole = await ask(api.GET("/api/drafts/{id}", { params: { path } }));
      await ask(api.DELETE("/api/drafts/{id}", { params: { path, query: { version: whole.version } } }));
      // Until it is back, "undo" stays on offer: what it would write is nowhere else.
      const restore = async (): Promise<void> => {
        try {
          await ask(api.PUT("/api/drafts/{id}", { params: { path }, body: { version: 0, content: whole.content } }));
          await refresh();
        } catch {
          announce(words.notRestored, { text: words.undo, run: () => void restore() });
        }
      };
      announce(words.removed, { text: words.undo, run: () => void restore() });
    } catch {
      announce(words.notRemoved);
    } finally {
      await refresh();
    }
  };
}
