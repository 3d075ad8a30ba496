import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useCallback, useEffect, useRef } from "react";
import { useLocation, useParams } from "wouter";
import type { ChatConversation } from "../../api/types";
import { Failed } from "../../components/failed";
import { nameIn, place } from "../../components/place";
import { useShortcuts } from "../../components/shortcuts";
import { SkeletonRows } from "../../components/state";
import type { TableHandle } from "../../components/table";
import { useWords } from "../../words/language";
import classes from "./chat.module.css";
import { Conversation } from "./conversation";
import { Conversations } from "./list";
import { Ask } from "./notify";
import { Person } from "./person";
import { useChat } from "./queries";
import { Rooms } from "./rooms";
import { Accounts, NoAccount, NoConversation } from "./states";
import { useRegions } from "./use-regions";
import { useChatWords } from "./words";

/** ChatPage is conversations with people and in rooms: the list, what is said, and who hears it, each in its place. */
export function ChatPage() {
  const shared = useWords();
  const words = useChatWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const table = useRef<TableHandle>(null);
  const found = useChat();
  const chat = found.data;
  const list = chat?.conversations ?? none;
  const unread = chat?.unread ?? 0;
  useDocumentTitle(`${unread > 0 ? words.titleUnread(unread) : words.title} – ${shared.app}`);
  useRegions();
  const open = useCallback((c: ChatConversation) => go(place("/chat", c.id)), [go]);
  const isThere = list.length > 0;
  const isTalk = id !== undefined && id !== "rooms" && id !== "people";
  const toList = () => table.current?.focus(id);
  useShortcuts(isTalk ? { Escape: toList } : {});
  useEffect(() => {
    // Whoever came by keys has the focus nowhere: the page that had it is gone.
    if (id === undefined && isThere && document.activeElement === document.body) table.current?.focus();
  }, [id, isThere]);

  if (chat?.accounts.length === 0) return <NoAccount />;
  return (
    <div className={classes.page}>
      <div className={classes.list} data-region="list">
        <div className={classes.bar}>
          <Button size="compact-sm" variant="default" onClick={() => go("/chat/rooms")}>
            {words.joinRoom}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => go("/chat/people")}>
            {words.talk}
          </Button>
          <Ask />
        </div>
        <Failed error={found.error} hasOld={chat !== undefined} retry={() => void found.refetch()} />
        {found.isPending ? <SkeletonRows label={words.loading} /> : null}
        {chat ? <Accounts accounts={chat.accounts} /> : null}
        {isThere ? <Conversations ref={table} conversations={list} opened={id} open={open} /> : null}
      </div>
      {chat ? <Right id={id} list={list} /> : null}
    </div>
  );
}

const none: readonly ChatConversation[] = [];

function Right({ id, list }: { id: string | undefined; list: readonly ChatConversation[] }) {
  if (id === undefined) {
    return (
      <div className={classes.middle} data-alone>
        <NoConversation isFirst={list.length === 0} />
      </div>
    );
  }
  if (id === "rooms") return <Rooms conversations={list} />;
  if (id === "people") return <Person />;
  return <Conversation key={id} id={id} known={list.find((c) => c.id === id)} />;
}
