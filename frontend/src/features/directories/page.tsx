import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useCallback, useMemo, useRef } from "react";
import { useLocation, useParams } from "wouter";
import { useDirectories, useInstallation } from "../../api/queries";
import type { Directory } from "../../api/types";
import { announce } from "../../components/announce";
import { Failed } from "../../components/failed";
import { Nation } from "../../components/nation";
import { PageHead } from "../../components/page-head";
import { nameIn, place } from "../../components/place";
import { Split, useReturn } from "../../components/split";
import { EmptyState, ProblemState, SkeletonRows } from "../../components/state";
import { type Column, Table, type TableHandle } from "../../components/table";
import { useLanguage, useWords } from "../../words/language";
import { bytes } from "../../words/numbers";
import { age, clock } from "../../words/time";
import { DirectoryDetail } from "./detail";
import classes from "./directories.module.css";
import { Held } from "./held";
import { useRead } from "./queries";
import { Running } from "./running";
import { Sections } from "./sections";
import { useMayChange, useMayRead } from "./settings";
import { isOnlyAsked, StateMark, stateText } from "./state";
import { useDirectoryWords } from "./words";

/** DirectoriesPage is how each nation's directory stands: what the copy has of it, how old it is, and what is going on. */
export function DirectoriesPage() {
  const shared = useWords();
  const words = useDirectoryWords();
  const name = nameIn(useParams<{ name?: string }>().name);
  const [, go] = useLocation();
  const table = useRef<TableHandle>(null);
  const directories = useDirectories();
  const columns = useDirectoryColumns();
  const mayChange = useMayChange();
  const all = directories.data ?? [];
  useReturn(name, table);
  useDocumentTitle(`${words.title} – ${shared.app}`);
  const open = useCallback((d: Directory) => go(place("/admin/directories", d.name)), [go]);
  const close = useCallback(() => go("/admin/directories"), [go]);
  const list = (
    <>
      <Sections />
      <Head all={all} beside={name !== undefined} />
      <Failed error={directories.error} hasOld={all.length > 0} retry={() => void directories.refetch()} />
      {directories.isPending ? <SkeletonRows label={words.loading} /> : null}
      {all.map((d) => (
        <Held key={d.name} directory={d} />
      ))}
      {all.map((d) => (
        <Running key={d.name} directory={d} />
      ))}
      {all.length > 0 ? (
        <Table
          ref={table}
          name="directories"
          label={words.title}
          rows={all}
          columns={columns}
          idOf={(d) => d.name}
          opened={name}
          open={open}
        />
      ) : null}
      {directories.data?.length === 0 ? (
        <EmptyState
          title={words.none}
          action={mayChange ? <Button onClick={() => go("/admin/add-directory")}>{words.add}</Button> : undefined}
        >
          {words.noneHint} <code className={`${classes.command} mono`}>caveat directory add --help</code>
        </EmptyState>
      ) : null}
    </>
  );
  const opened = all.find((d) => d.name === name);
  const detail =
    name === undefined || directories.isPending ? null : (
      <DirectoryDetail key={name} name={name} directory={opened} close={close} />
    );
  return <Split list={list} detail={detail} beside />;
}

/** Head has what concerns all directories: reading them, adding one, or why none can be added here. */
function Head({ all, beside }: { all: readonly Directory[]; beside: boolean }) {
  const words = useDirectoryWords();
  const [, go] = useLocation();
  const installation = useInstallation();
  const mayChange = useMayChange();
  const mayRead = useMayRead();
  const read = useRead();
  const mirrored = all.filter((d) => d.mode === "mirror" && !d.paused).length;
  const isRunning = all.some((d) => d.running !== null);
  const actions = (
    <>
      {mayRead && mirrored > 0 ? (
        <Button
          variant={mayChange ? "default" : "filled"}
          disabled={read.isPending || isRunning}
          onClick={() => read.mutate({}, { onSuccess: () => announce(words.begun(mirrored)) })}
        >
          {isRunning ? words.reading : words.readAll(mirrored)}
        </Button>
      ) : null}
      {mayChange ? <Button onClick={() => go("/admin/add-directory")}>{words.add}</Button> : null}
    </>
  );
  return (
    <PageHead
      title={words.parts.directories}
      beside={beside}
      summary={installation.data?.managed ? words.managed : words.about}
      actions={actions}
    >
      {read.error ? <ProblemState error={read.error} inline /> : null}
    </PageHead>
  );
}

function useDirectoryColumns(): Column<Directory>[] {
  const shared = useWords();
  const words = useDirectoryWords();
  const { language } = useLanguage();
  return useMemo(
    (): Column<Directory>[] => [
      {
        id: "name",
        title: words.columns.name,
        width: 112,
        least: 96,
        text: (d) => `${d.nation} ${d.name}`,
        cell: (d) => (
          <>
            <Nation code={d.nation} /> {d.name}
          </>
        ),
      },
      {
        id: "state",
        title: words.columns.state,
        width: 184,
        least: 120,
        text: (d) => stateText(d, words),
        cell: (d) => <StateMark directory={d} />,
      },
      { id: "mode", title: words.columns.mode, width: 112, least: 72, text: (d) => words.modes[d.mode] },
      {
        id: "entries",
        title: words.columns.entries,
        width: 96,
        least: 80,
        numeric: true,
        text: (d) => d.entries.toLocaleString(language),
        by: (d) => d.entries,
      },
      {
        id: "read",
        title: words.columns.read,
        width: 136,
        least: 96,
        text: (d) => (d.lastRead ? age(d.lastRead, shared) : isOnlyAsked(d) ? "–" : words.never),
        by: (d) => d.lastRead ?? "",
      },
      {
        id: "next",
        title: words.columns.next,
        width: 120,
        least: 96,
        text: (d) =>
          d.running ? words.reading : d.nextRun ? clock(d.nextRun) : isOnlyAsked(d) ? "–" : words.notByItself,
        by: (d) => d.nextRun ?? "",
      },
      {
        id: "day",
        title: words.columns.day,
        width: 152,
        least: 112,
        text: (d) =>
          isOnlyAsked(d) && d.day.reads === 0
            ? "–"
            : d.day.failed > 0
              ? `${words.day(d.day.reads, bytes(d.day.bytes, language).replace(" ", "\u00a0"))}, ${words.dayFailed(d.day.failed)}`
              : words.day(d.day.reads, bytes(d.day.bytes, language).replace(" ", "\u00a0")),
        by: (d) => d.day.bytes,
      },
    ],
    [words, shared, language],
  );
}
