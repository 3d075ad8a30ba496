import { useDocumentTitle } from "@mantine/hooks";
import { EmptyState } from "../../components/state";
import { useWords } from "../../words/language";
import { useAuditWords } from "./words";

/** AuditPage is not written yet. */
export function AuditPage() {
  const shared = useWords();
  const words = useAuditWords();
  useDocumentTitle(`${words.title} – ${shared.app}`);
  return <EmptyState title={words.title} />;
}
