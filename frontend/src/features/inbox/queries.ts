import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api, ask } from "../../api/client";
import type { Inbox, InboxRow } from "../../api/types";
import { useLanguage } from "../../words/language";

/** What is shown of which mailbox; "": the first that the identity has. */
export type View = { mailbox: string; unread: boolean };

const part = 100; // messages that are asked for at once

/** Every key begins with "inbox": a change of it asks all again. */
const keys = {
  list: (view: View, lang: string) => ["inbox", "list", view, lang],
  message: (id: string, lang: string) => ["inbox", "message", id, lang],
};

/** useInbox lists what came in, newest first, part by part as the end of what is here comes into sight. */
export function useInbox(view: View) {
  const { language } = useLanguage();
  const query = useInfiniteQuery({
    queryKey: keys.list(view, language),
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET("/api/inbox", {
          params: {
            query: {
              lang: language,
              limit: part,
              ...(view.mailbox ? { mailbox: view.mailbox } : {}),
              ...(view.unread ? { unread: true } : {}),
              ...(pageParam ? { before: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: keepPreviousData,
    // A mailbox that is read for the first time fills without anybody asking.
    refetchInterval: (q) => (q.state.data?.pages[0]?.state === "new" ? 2000 : false),
  });
  const { data: parts, hasNextPage, isFetching, fetchNextPage, isFetchNextPageError: hasFailed } = query;
  const data = useMemo(() => (parts ? wholeOf(parts.pages) : undefined), [parts]);
  const next = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return {
    ...query,
    data,
    next: hasNextPage ? next : undefined,
    nearEnd: hasFailed ? undefined : next, // what failed is asked for again by the user alone
  };
}

/** wholeOf makes one answer of its parts: the state is that of the newest, and no message stands twice. */
export function wholeOf(pages: readonly Inbox[]): Inbox | undefined {
  const [top] = pages;
  const last = pages.at(-1);
  if (!top || !last) return undefined;
  const rows = new Map<string, InboxRow>();
  for (const p of pages) for (const m of p.messages) rows.set(m.id, rows.get(m.id) ?? m);
  return { ...top, next: last.next, messages: [...rows.values()] };
}

/** useMessage gives one message in full. */
export function useMessage(id: string) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: keys.message(id, language),
    queryFn: ({ signal }) =>
      ask(api.GET("/api/inbox/{id}", { params: { path: { id }, query: { lang: language } }, signal })),
  });
}

/** useSync has the mail server asked now. */
export function useSync(mailbox: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/inbox/sync", { params: { query: mailbox ? { mailbox } : {} } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["inbox"] }),
  });
}

/** useSeen notes that a message was opened. */
export function useSeen() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask(api.POST("/api/inbox/{id}/seen", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["inbox", "list"] }),
  });
}

export const answers = ["reply", "reply-all", "forward"] as const;
export type Answer = (typeof answers)[number];

/** useAnswer stores the draft of an answer, under the label of what it answers, and gives its id. */
export function useAnswer(id: string) {
  return useMutation({
    mutationFn: (kind: Answer) => {
      const params = { path: { id } };
      return ask(
        kind === "forward"
          ? api.POST("/api/inbox/{id}/forward", { params })
          : api.POST("/api/inbox/{id}/reply", { params, body: { all: kind === "reply-all" } }),
      );
    },
  });
}

/** fileOf is where a browser loads what goes with a message. */
export const fileOf = (id: string, n: number) => `/api/inbox/${encodeURIComponent(id)}/files/${n}`;
