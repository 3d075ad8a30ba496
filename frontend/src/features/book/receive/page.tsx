import { Button, NativeSelect } from "@mantine/core";
import { useDocumentTitle, useSessionStorage } from "@mantine/hooks";
import { useCallback } from "react";
import { useLocation, useParams } from "wouter";
import { Problem } from "../../../api/problem";
import { useRoles } from "../../../api/queries";
import type { Hit, LabelSelection } from "../../../api/types";
import { announce } from "../../../components/announce";
import { LabelChoice } from "../../../components/label/choice";
import { nameIn, place } from "../../../components/place";
import { Split } from "../../../components/split";
import { EmptyState, ProblemState, SkeletonRows } from "../../../components/state";
import { useWords } from "../../../words/language";
import bookClasses from "../book.module.css";
import { EntryDetail } from "../entry/entry";
import { Sections } from "../sections";
import { Answer } from "./answer";
import { type Channel, type Question, useExport, useReceive } from "./queries";
import { useReceiveWords } from "./words";

/** What is looked at: the label, and how far down: all nations, one, or one of its units. */
export type Asked = { label: LabelSelection | null; channel: Channel; nation: string; unit: string | null };

const nothing: Asked = { label: null, channel: "mail", nation: "", unit: null };

/** ReceivePage answers for the whole book: who may receive this label? */
export function ReceivePage() {
  const shared = useWords();
  const words = useReceiveWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const [stored, set] = useSessionStorage<Asked>({
    key: "caveat-book-receive",
    defaultValue: nothing,
    getInitialValueInEffect: false,
  });
  const asked = { ...nothing, ...stored };
  const { label, channel, nation } = asked;
  const question = label ? { label, channel, nation } : undefined;
  const found = useReceive(question);
  useDocumentTitle(`${words.title} – ${shared.app}`);
  const open = useCallback((h: Hit) => go(place("/book/receive", h.id)), [go]);
  const close = useCallback(() => go("/book/receive"), [go]);
  const list = (
    <>
      {id === undefined ? <h1 className="visually-hidden">{words.title}</h1> : null}
      <Sections />
      <div className={bookClasses.bar}>
        <div className={bookClasses.line}>
          <LabelChoice
            label={label}
            choose={(chosen) => set({ ...nothing, channel, label: chosen })}
            none={words.choose}
            some={words.chosen}
          />
          <NativeSelect
            size="sm"
            aria-label={words.channel}
            value={channel}
            onChange={(e) => set({ ...asked, channel: e.currentTarget.value === "chat" ? "chat" : "mail" })}
            data={[
              { value: "mail", label: words.channels.mail },
              { value: "chat", label: words.channels.chat },
            ]}
          />
          {question && found.data ? <Export question={question} /> : null}
        </div>
      </div>
      {!label ? <EmptyState title={words.none}>{words.noneHint}</EmptyState> : null}
      {label && found.isError ? <Refused error={found.error} retry={() => void found.refetch()} /> : null}
      {label && found.isPending ? <SkeletonRows label={words.counting} /> : null}
      {label && found.data && !found.isError ? (
        <Answer
          found={found.data}
          isOld={found.isPlaceholderData}
          asked={{ ...asked, label }}
          set={set}
          opened={id}
          open={open}
        />
      ) : null}
    </>
  );
  const detail = id === undefined ? null : <EntryDetail key={id} what={id} hit={undefined} close={close} />;
  return <Split list={list} detail={detail} beside />;
}

/** Refused says why nothing is counted: above the asker's own clearance is no fault, and is not asked again (RULES 19). */
function Refused({ error, retry }: { error: unknown; retry: () => void }) {
  const words = useReceiveWords();
  if (error instanceof Problem && error.code === "user-own-clearance")
    return <EmptyState title={words.above}>{words.aboveHint}</EmptyState>;
  return <ProblemState error={error} retry={retry} />;
}

/** Export keeps the counts as a file, for administrators and auditors (RULES 19). */
function Export({ question }: { question: Question }) {
  const words = useReceiveWords();
  const roles = useRoles();
  const file = useExport();
  if (!roles.includes("administrator") && !roles.includes("auditor")) return null;
  return (
    <>
      <Button
        variant="default"
        disabled={file.isBusy}
        onClick={() => file.save(question, (path) => announce(path ? words.savedTo(path) : words.saved))}
      >
        {words.export}
      </Button>
      {file.error ? <ProblemState error={file.error} inline /> : null}
    </>
  );
}
