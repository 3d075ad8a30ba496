import { useDocumentTitle, useSessionStorage } from "@mantine/hooks";
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useParams } from "wouter";
import type { InboxRow } from "../../api/types";
import { Failed } from "../../components/failed";
import { nameIn, place } from "../../components/place";
import { useShortcuts } from "../../components/shortcuts";
import { Split, useReturn } from "../../components/split";
import { SkeletonRows } from "../../components/state";
import type { TableHandle } from "../../components/table";
import { useWords } from "../../words/language";
import { Away, Bar } from "./bar";
import { InboxTable, Older } from "./list";
import { MessageDetail, type Neighbours } from "./message";
import { useInbox, type View } from "./queries";
import { NoMailbox, NoMessages } from "./states";
import { useInboxWords } from "./words";

const first: View = { mailbox: "", unread: false };

/** InboxPage is what came in: each message under its marking, read as text, with answers that keep its label. */
export function InboxPage() {
  const shared = useWords();
  const words = useInboxWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const [view, setView] = useSessionStorage<View>({
    key: "caveat-inbox-view",
    defaultValue: first,
    getInitialValueInEffect: false,
  });
  const table = useRef<TableHandle>(null);
  const found = useInbox(view);
  const inbox = found.data;
  const { rows, keep } = useRead(view, inbox?.messages);
  useReturn(id, table);
  useDocumentTitle(`${words.title} – ${shared.app}`);
  const open = useCallback(
    (m: InboxRow) => {
      keep(m);
      go(place("/inbox", m.id));
    },
    [go, keep],
  );
  const close = useCallback(() => go("/inbox"), [go]);
  const neighbours = useNeighbours(rows, id, open, table);
  const isThere = rows.length > 0;
  useEffect(() => {
    if (id !== undefined && isThere) table.current?.show(id); // also when it was opened by j, k or its address
  }, [id, isThere]);
  useEffect(() => {
    // Whoever came by keys has the focus nowhere: the page that had it is gone.
    if (id === undefined && isThere && document.activeElement === document.body) table.current?.focus();
  }, [id, isThere]);

  const list = (
    <>
      {id === undefined ? <h1 className="visually-hidden">{words.title}</h1> : null}
      <Failed error={found.error} hasOld={inbox !== undefined} retry={() => void found.refetch()} />
      {found.isPending ? <SkeletonRows label={words.loading} /> : null}
      {inbox?.state === "none" ? <NoMailbox /> : null}
      {inbox && inbox.state !== "none" ? (
        <>
          <Bar inbox={inbox} view={view} setView={setView} isNarrow={id !== undefined} />
          <Away inbox={inbox} />
          {rows.length > 0 ? (
            <>
              <InboxTable
                ref={table}
                messages={rows}
                scope={JSON.stringify(view)}
                opened={id}
                open={open}
                total={view.unread ? undefined : inbox.total}
                nearEnd={found.nearEnd}
              />
              <Older n={rows.length} next={found.next} isFetching={found.isFetchingNextPage} />
            </>
          ) : found.isPlaceholderData ? null : (
            <NoMessages inbox={inbox} view={view} setView={setView} />
          )}
        </>
      ) : null}
    </>
  );
  const detail =
    id === undefined ? null : (
      <MessageDetail key={id} id={id} row={rows.find((m) => m.id === id)} close={close} {...neighbours} />
    );
  return <Split list={list} detail={detail} beside="reading" />;
}

const none: readonly InboxRow[] = [];

/**
 * useRead keeps in a list of unread messages those that were opened from it: a row must not go away from under the reader. With
 * another view they are let go.
 */
function useRead(view: View, messages: readonly InboxRow[] = none) {
  const scope = JSON.stringify(view);
  const [read, setRead] = useState<{ scope: string; rows: readonly InboxRow[] }>({ scope, rows: none });
  const keep = useCallback(
    (m: InboxRow) =>
      setRead((before) => {
        const rows = before.scope === scope ? before.rows : none;
        return { scope, rows: [...rows.filter((r) => r.id !== m.id), { ...m, seen: true }] };
      }),
    [scope],
  );
  const rows = useMemo(() => {
    if (!view.unread || read.scope !== scope) return messages;
    const there = new Set(messages.map((m) => m.id));
    const gone = read.rows.filter((m) => !there.has(m.id));
    if (gone.length === 0) return messages;
    return [...gone, ...messages].sort((a, b) => b.received.localeCompare(a.received));
  }, [view.unread, read, scope, messages]);
  return { rows, keep };
}

/** useNeighbours leads from the opened message to those above and below it, also by j and k; without one they go through the list. */
function useNeighbours(
  rows: readonly InboxRow[],
  id: string | undefined,
  open: (m: InboxRow) => void,
  table: RefObject<TableHandle | null>,
): Neighbours {
  const at = id === undefined ? -1 : rows.findIndex((m) => m.id === id);
  const step = (to: number) => {
    const row = at < 0 ? undefined : rows[to];
    return row ? () => open(row) : undefined;
  };
  const next = step(at + 1);
  const previous = step(at - 1);
  const go = (by: number) => (id === undefined ? table.current?.step(by) : (by > 0 ? next : previous)?.());
  useShortcuts({ j: () => go(1), k: () => go(-1) });
  return { next, previous };
}
