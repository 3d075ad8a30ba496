import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useCallback, useRef, useState } from "react";
import { useLocation, useParams } from "wouter";
import type { Message } from "../../api/types";
import { Failed } from "../../components/failed";
import { newDraftPath } from "../../components/new-draft";
import { nameIn, place } from "../../components/place";
import { Split, useReturn } from "../../components/split";
import { EmptyState, SkeletonRows } from "../../components/state";
import type { TableHandle } from "../../components/table";
import { useWords } from "../../words/language";
import { MessageDetail } from "./detail";
import { Decisions, MessageTable, Older } from "./list";
import { limits, useMessages } from "./queries";
import { useSentWords } from "./words";

/** SentPage is what left, what waits, and what became of each recipient. */
export function SentPage() {
  const shared = useWords();
  const words = useSentWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const [limit, setLimit] = useState<number>(limits[0]);
  const table = useRef<TableHandle>(null);
  const messages = useMessages(limit);
  useReturn(id, table);
  useDocumentTitle(`${words.title} – ${shared.app}`);
  const open = useCallback((m: Message) => go(place("/sent", m.id)), [go]);
  const close = useCallback(() => go("/sent"), [go]);
  const all = messages.data;

  const list = (
    <>
      {id === undefined ? <h1 className="visually-hidden">{words.title}</h1> : null}
      <Failed error={messages.error} hasOld={all !== undefined} retry={() => void messages.refetch()} />
      {messages.isPending ? <SkeletonRows label={words.loading} /> : null}
      {all?.length === 0 ? (
        <EmptyState
          title={words.empty.title}
          action={<Button onClick={() => go(newDraftPath())}>{words.empty.newDraft}</Button>}
        >
          {words.empty.hint}
        </EmptyState>
      ) : null}
      {all && all.length > 0 ? (
        <>
          <Decisions messages={all} />
          <MessageTable ref={table} messages={all} opened={id} open={open} />
          <Older n={all.length} limit={limit} setLimit={setLimit} />
        </>
      ) : null}
    </>
  );
  const detail =
    id === undefined ? null : <MessageDetail key={id} id={id} row={all?.find((m) => m.id === id)} close={close} />;
  return <Split list={list} detail={detail} />;
}
