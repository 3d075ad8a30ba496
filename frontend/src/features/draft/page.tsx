import { useDocumentTitle } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { useInstallation } from "../../api/queries";
import { EmptyState, ProblemState, SkeletonRows } from "../../components/state";
import { isOfConversation, OpenChat } from "../chat/compose/open";
import { Composer } from "./composer";
import { contentOf } from "./state";
import { type Stored, useStored } from "./stored";
import { comeBack } from "./unsaved";
import { useDraftWords } from "./words";

/** DraftPage opens one draft; `?to=ADDRESS` begins a new one to somebody. */
export function DraftPage({ id }: { id: string }) {
  const words = useDraftWords();
  const [kept] = useState(() => comeBack(id));
  const stored = useStored(id, kept !== undefined);
  const installation = useInstallation();
  useDocumentTitle(`${words.title} – Caveat`);
  const first = useMemo(() => kept?.content ?? firstContent(stored.data), [kept, stored.data]);
  const from = kept ? "new" : stored.data;
  if (stored.isError && !from) return <ProblemState error={stored.error} retry={() => void stored.refetch()} />;
  if (!from || !installation.data) return <SkeletonRows title={words.title} label={words.loading} />;
  const composer = (
    <Composer key={id} id={id} stored={from} first={first} kept={kept?.saver} installation={installation.data} />
  );
  if (!isOfConversation(first)) return composer;
  return (
    <OpenChat id={id} content={first} kept={kept?.saver}>
      {composer}
    </OpenChat>
  );
}

function firstContent(stored: Stored | undefined) {
  if (stored && stored !== "new") return stored.content;
  const to = new URLSearchParams(window.location.search).getAll("to");
  return contentOf(to.length > 0 ? { action: to } : {});
}

/** GoneState is where a draft was that another tab sent or deleted. */
export function GoneState() {
  const words = useDraftWords();
  return (
    <EmptyState title={words.conflict.goneTitle} action={<Link href="/sent">{words.conflict.toSent}</Link>}>
      {words.conflict.goneText}
    </EmptyState>
  );
}
