import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { api, ask } from "../../api/client";
import type { ChatDetail } from "../../api/types";
import { useLanguage } from "../../words/language";
import { joined, kept, onlyNewest, part, withOlder } from "./log";
import { chatKeys } from "./refresh";

/** useChat gives the accounts and conversations. */
export function useChat() {
  const { language } = useLanguage();
  return useQuery({
    queryKey: [...chatKeys.list, language],
    queryFn: ({ signal }) => ask(api.GET("/api/chat", { params: { query: { lang: language } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** useConversation gives a conversation with its newest messages, and older ones when they are asked for. */
export function useConversation(id: string) {
  const { language } = useLanguage();
  const client = useQueryClient();
  const key = useRef<readonly string[]>([]);
  key.current = [...chatKeys.conversation(id), language];
  const read = useCallback(
    (before: string, signal?: AbortSignal) =>
      ask(
        api.GET("/api/chat/{id}", {
          params: { path: { id }, query: { lang: language, limit: part, ...(before ? { before } : {}) } },
          ...(signal ? { signal } : {}),
        }),
      ),
    [id, language],
  );
  const query = useQuery({
    queryKey: key.current,
    queryFn: async ({ signal, queryKey }) => {
      const newest = await read("", signal);
      return joined(client.getQueryData<ChatDetail>(queryKey), newest);
    },
    structuralSharing: false, // rows move: joined keeps what is the same
    refetchOnMount: "always",
  });
  const older = useMutation({
    mutationFn: (before: string) => read(before),
    onSuccess: (found) => client.setQueryData<ChatDetail>(key.current, (now) => (now ? withOlder(now, found) : now)),
  });
  const next = query.data?.next;
  const { mutate, isPending, isError } = older;
  const more = useCallback(() => {
    if (next && !isPending) mutate(next);
  }, [next, isPending, mutate]);
  const tooMany = (query.data?.messages.length ?? 0) > kept;
  /** letGo of older messages, for whoever looks at the newest. */
  const letGo = useCallback(() => {
    if (!tooMany) return;
    void read("").then(
      (newest) => client.setQueryData<ChatDetail>(key.current, (now) => (now ? onlyNewest(now, newest) : now)),
      () => undefined, // they stay
    );
  }, [client, read, tooMany]);
  return {
    ...query,
    older: next ? more : undefined,
    isReadingOlder: isPending,
    olderError: isError ? older.error : undefined,
    letGo,
  };
}

/** useOccupants gives who is in a room, judged by the label of a draft, or by the room's. */
export function useOccupants(id: string, draft: string, isRoom: boolean) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: [...chatKeys.occupants(id), draft, language],
    enabled: isRoom,
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/chat/{id}/occupants", {
          params: { path: { id }, query: { lang: language, ...(draft ? { draft } : {}) } },
          signal,
        }),
      ),
    placeholderData: (before, from) => (from?.queryKey[2] === id ? before : undefined),
  });
}

/** useServices gives the nations' services with their rooms. */
export function useServices() {
  return useQuery({
    queryKey: chatKeys.services,
    queryFn: ({ signal }) => ask(api.GET("/api/chat/services", { signal })),
  });
}

export type Joining = { account?: string; room: string; nick?: string; password?: string };

/** What is done next with the conversation that was begun; also when the button that began it is gone by then. */
type Next = (id: string) => void;

/** useJoin enters a room. */
export function useJoin(next: Next) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Joining) => ask(api.POST("/api/chat/join", { body })),
    onSuccess: ({ id }) => next(id),
    onSettled: () => client.invalidateQueries({ queryKey: ["chat"] }),
  });
}

/** useTalk begins a conversation with a person: nothing is sent. */
export function useTalk(next: Next) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (address: string) => ask(api.POST("/api/chat/open", { body: { address } })),
    onSuccess: ({ id }) => {
      next(id);
      return client.invalidateQueries({ queryKey: chatKeys.list });
    },
  });
}

export type Act = "leave" | "close" | "keep" | "unkeep";

/** useAct does something with a conversation; one that is closed is gone when `done` is told of it. */
export function useAct(id: string, done: (act: Act) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: Act) => {
      const params = { path: { id } };
      if (act === "leave") return ask(api.POST("/api/chat/{id}/leave", { params }));
      if (act === "close") return ask(api.POST("/api/chat/{id}/close", { params }));
      return ask(api.POST("/api/chat/{id}/bookmark", { params, body: { on: act === "keep" } }));
    },
    onSuccess: (_answer, act) => done(act),
    onSettled: (_answer, _error, act) =>
      act === "close"
        ? client.invalidateQueries({ queryKey: chatKeys.list })
        : client.invalidateQueries({ queryKey: ["chat"] }),
  });
}

/** useMarkRead notes what was seen, once for what is unread now. */
export function useMarkRead(id: string, unread: number, isSeen: boolean) {
  const { mutate, isPending } = useMutation({
    mutationFn: () => ask(api.POST("/api/chat/{id}/read", { params: { path: { id } } })),
  });
  useEffect(() => {
    if (isSeen && unread > 0 && !isPending) mutate();
  }, [isSeen, unread, isPending, mutate]);
}
