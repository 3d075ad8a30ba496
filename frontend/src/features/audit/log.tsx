import { Button } from "@mantine/core";
import { useSessionStorage } from "@mantine/hooks";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { AuditLine } from "../../api/types";
import { Failed } from "../../components/failed";
import { PageHead } from "../../components/page-head";
import { place } from "../../components/place";
import { Split, useReturn } from "../../components/split";
import { EmptyState, SkeletonRows } from "../../components/state";
import type { TableHandle } from "../../components/table";
import classes from "./audit.module.css";
import { Filters } from "./filter";
import { LineDetail } from "./line";
import { LineTable } from "./lines";
import { everything, type Filter, isNarrowed, useLines, useNewest } from "./queries";
import { Sections } from "./sections";
import { TrailDetail } from "./trail";
import { useAuditWords } from "./words";

type Props = {
  /** Only what let messages leave: to find out who got one. */
  sent: boolean;
  opened: string | undefined;
  close: () => void;
};

/** enough rows for a page: until there are so many it is looked further back by itself. */
const enough = 50;

/** LogPage is the log, newest first, and one line or message that was opened from it. */
export function LogPage({ sent, opened, close }: Props) {
  const words = useAuditWords();
  const [, go] = useLocation();
  const [stored, set] = useSessionStorage<Filter>({
    key: `caveat-audit-${sent ? "sent" : "log"}`,
    defaultValue: everything,
    getInitialValueInEffect: false,
  });
  const [checkpoints, setCheckpoints] = useSessionStorage({
    key: "caveat-audit-checkpoints",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const filter = { ...everything, ...stored };
  const found = useLines(filter, sent);
  const all = useMemo(() => found.data?.pages.flatMap((p) => p?.lines ?? []) ?? [], [found.data]);
  const withThem = checkpoints || filter.type === "checkpoint";
  const rows = useMemo(() => (withThem ? all : all.filter((l) => l.type !== "checkpoint")), [all, withThem]);
  const table = useRef<TableHandle>(null);
  useReturn(opened, table);
  const open = useCallback(
    (l: AuditLine) => go(sent && l.message ? place("/admin/audit", l.message) : `/admin/audit/${l.seq}`),
    [go, sent],
  );
  // One that is open without being in the list (the search leaves it out) narrows the list as any other.
  const openedRow = sent && opened ? (rows.find((l) => l.message === opened)?.seq.toString() ?? "") : opened;
  const isEmpty = rows.length === 0 && !found.isFetching && !found.hasNextPage;
  const list = (
    <>
      <Sections />
      <PageHead
        title={sent ? words.parts.sent : words.title}
        beside={opened !== undefined}
        summary={sent ? words.about.sent : words.about.log}
      />
      <Filters filter={filter} set={set} sent={sent} checkpoints={checkpoints} setCheckpoints={setCheckpoints} />
      <Failed error={found.error} hasOld={found.data !== undefined} retry={() => void found.refetch()} />
      {found.isPending ? <SkeletonRows label={words.loading} /> : null}
      {isEmpty && found.data ? <Nothing sent={sent} narrowed={isNarrowed(filter)} /> : null}
      {rows.length > 0 ? (
        <LineTable ref={table} rows={rows} sent={sent} opened={openedRow} open={open} scope={JSON.stringify(filter)} />
      ) : null}
      {found.data ? <Further found={found} rows={rows.length} left={all.length - rows.length} /> : null}
    </>
  );
  const seq = Number(opened);
  let detail = null;
  if (opened !== undefined) {
    detail = sent ? (
      <TrailDetail key={opened} id={opened} close={close} />
    ) : (
      <LineDetail key={opened} seq={seq} close={close} />
    );
  }
  return <Split list={list} detail={detail} beside="reading" />;
}

function Nothing({ sent, narrowed }: { sent: boolean; narrowed: boolean }) {
  const words = useAuditWords();
  if (sent) return <EmptyState title={words.noneSent.title}>{words.noneSent.hint}</EmptyState>;
  const said = narrowed ? words.nothing : words.empty;
  return <EmptyState title={said.title}>{said.hint}</EmptyState>;
}

/** Further tells how far the log was looked through, goes on by itself until a page is full, and can be stopped. */
function Further({ found, rows, left }: { found: ReturnType<typeof useLines>; rows: number; left: number }) {
  const words = useAuditWords();
  const newest = useNewest();
  const [stopped, setStopped] = useState(false);
  const first = found.data?.pages[0];
  const last = found.data?.pages.at(-1);
  const { hasNextPage, isFetchingNextPage, isFetching, isError, fetchNextPage, refetch } = found;
  const goesOn = hasNextPage && rows < enough && !stopped && !isError;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  const all = first?.newest ?? 0;
  const looked = last?.next ? all - last.next + 1 : all;
  const since = Math.max(0, (newest.data ?? 0) - all);
  return (
    <div className={classes.further} role="status">
      <span className="quiet">
        {goesOn || isFetchingNextPage ? words.looking(looked, all) : words.found(rows, looked, all)}
        {left > 0 ? ` · ${words.without(left)}` : ""}
      </span>
      {goesOn || isFetchingNextPage ? (
        <Button size="compact-sm" variant="subtle" onClick={() => setStopped(true)}>
          {words.stop}
        </Button>
      ) : null}
      {hasNextPage && !goesOn && !isFetchingNextPage ? (
        <Button size="compact-sm" variant="subtle" onClick={() => void fetchNextPage()}>
          {words.further}
        </Button>
      ) : null}
      {since > 0 ? (
        <Button size="compact-sm" variant="subtle" onClick={() => void refetch()}>
          {words.news(since)}
        </Button>
      ) : null}
    </div>
  );
}
