import { useDocumentTitle } from "@mantine/hooks";
import { EmptyState } from "../../components/state";
import { useWords } from "../../words/language";
import { useAccountWords } from "./words";

/** AccountsPage is not written yet. */
export function AccountsPage() {
  const shared = useWords();
  const words = useAccountWords();
  useDocumentTitle(`${words.title} – ${shared.app}`);
  return <EmptyState title={words.title} />;
}
