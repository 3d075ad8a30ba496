import { useDocumentTitle } from "@mantine/hooks";
import { useMemo } from "react";
import { Link } from "wouter";
import { useInstallation } from "../../api/queries";
import { EmptyState, ProblemState, SkeletonRows } from "../../components/state";
import { Composer } from "./composer";
import { contentOf } from "./state";
import { type Stored, useStored } from "./stored";
import { useDraftWords } from "./words";

/** DraftPage opens one draft; `?to=ADDRESS` begins a new one to somebody. */
export function DraftPage({ id }: { id: string }) {
  const words = useDraftWords();
  const stored = useStored(id);
  const installation = useInstallation();
  useDocumentTitle(`${words.title} – Caveat`);
  const first = useMemo(() => firstContent(stored.data), [stored.data]);
  if (stored.isError && !stored.data) return <ProblemState error={stored.error} retry={() => void stored.refetch()} />;
  if (!stored.data || !installation.data) return <SkeletonRows label={words.loading} />;
  return <Composer key={id} id={id} stored={stored.data} first={first} installation={installation.data} />;
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
