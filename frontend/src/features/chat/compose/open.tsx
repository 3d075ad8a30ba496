import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Redirect } from "wouter";
import { api, ask } from "../../../api/client";
import { place } from "../../../components/place";
import { EmptyState, ProblemState, SkeletonRows } from "../../../components/state";
import { useLanguage } from "../../../words/language";
import { fold } from "../../draft/addresses";
import type { Saver } from "../../draft/saver";
import { type Content, recipientsOf } from "../../draft/state";
import { leaveBehind } from "../../draft/unsaved";
import { useComposeWords } from "./words";

/** isOfConversation: a draft of chat that goes to one address is written where that is talked to. */
export function isOfConversation(c: Content): boolean {
  return c.channel === "chat" && recipientsOf(c).length === 1;
}

type Props = {
  id: string;
  content: Content;
  /** Saver of a draft that was left unsaved. */
  kept: Saver | undefined;
  /** The draft by itself, where there is no conversation to lead to. */
  children: ReactNode;
};

/** OpenChat leads from a draft to the conversation in which it is written; a room is joined first, by the user's own hand. */
export function OpenChat({ id, content, kept, children }: Props) {
  const words = useComposeWords();
  const { language } = useLanguage();
  const [to = ""] = recipientsOf(content);
  const { account } = content;
  useEffect(() => {
    if (kept) leaveBehind(id, kept); // the conversation comes back to it
  }, [id, kept]);
  const chat = useQuery({
    queryKey: ["chat", "list", language],
    queryFn: ({ signal }) => ask(api.GET("/api/chat", { params: { query: { lang: language } }, signal })),
  });
  const known = chat.data?.conversations.find(
    (c) => fold(c.address) === fold(to) && (!account || c.account === account),
  );
  if (known) return <Redirect to={`${place("/chat", known.id)}?draft=${id}`} replace />;
  if (chat.isError) return <ProblemState error={chat.error} retry={() => void chat.refetch()} />;
  if (!chat.data) return <SkeletonRows title={words.open.title} label={words.open.opening} />;
  if (chat.data.accounts.length === 0) return children;
  return (
    <Begin id={id} to={to} account={account}>
      {children}
    </Begin>
  );
}

type BeginProps = { id: string; to: string; account: string | undefined; children: ReactNode };

/** Begin begins the conversation that there is not yet. */
function Begin({ id, to, account, children }: BeginProps) {
  const { open: words } = useComposeWords();
  const who = useQuery({
    queryKey: ["book", "lookup", to],
    queryFn: ({ signal }) => ask(api.POST("/api/book/lookup", { body: { addresses: [to] }, signal })),
  });
  const isRoom = who.data?.some((f) => f.kind === "room");
  const by = account ? { account } : {};
  const enter = useMutation({
    mutationFn: () =>
      ask(
        isRoom
          ? api.POST("/api/chat/join", { body: { ...by, room: to } })
          : api.POST("/api/chat/open", { body: { ...by, address: to } }),
      ),
  });
  const { mutate } = enter;
  const isPerson = isRoom === false;
  useEffect(() => {
    if (isPerson) mutate();
  }, [isPerson, mutate]);
  if (enter.data) return <Redirect to={`${place("/chat", enter.data.id)}?draft=${id}`} replace />;
  if (who.isError || (enter.isError && !isRoom)) return children;
  if (!isRoom) return <SkeletonRows title={words.title} label={words.opening} />;
  return (
    <EmptyState
      title={words.joinTitle}
      action={
        <Button disabled={enter.isPending} onClick={() => mutate()}>
          {words.join}
        </Button>
      }
    >
      {words.joinText(to)}
      {enter.isError ? <ProblemState error={enter.error} inline /> : null}
    </EmptyState>
  );
}
