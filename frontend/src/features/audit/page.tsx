import { useDocumentTitle } from "@mantine/hooks";
import { useLocation, useParams } from "wouter";
import { useInstallation, useRoles } from "../../api/queries";
import { nameIn } from "../../components/place";
import { EmptyState, ProblemState, SkeletonRows } from "../../components/state";
import { useWords } from "../../words/language";
import { ExportPage } from "./export";
import { LogPage } from "./log";
import { RefusedPage } from "./refused";
import { parts, sectionOf } from "./sections";
import { useAuditWords } from "./words";

/** AuditPage is the audit log for those who keep an eye on it: what happened, who got what, and what would now be refused. */
export function AuditPage() {
  const shared = useWords();
  const words = useAuditWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const installation = useInstallation();
  const roles = useRoles();
  const section = sectionOf(id);
  useDocumentTitle(`${words.title} – ${shared.app}`);
  if (installation.isError && !installation.data)
    return <ProblemState error={installation.error} retry={() => void installation.refetch()} />;
  if (installation.isPending) return <SkeletonRows label={words.loading} title={words.title} />;
  if (!roles.includes("auditor") && !roles.includes("administrator"))
    return <EmptyState title={words.notYours.title}>{words.notYours.hint}</EmptyState>;
  if (section === "refused") return <RefusedPage />;
  if (section === "export") return <ExportPage />;
  const opened = id === undefined || id === "sent" ? undefined : id;
  return (
    <LogPage
      key={section}
      sent={section === "sent"}
      opened={opened}
      close={() => go(section === "sent" ? parts.sent : parts.log)}
    />
  );
}
