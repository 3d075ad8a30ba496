import { useDocumentTitle } from "@mantine/hooks";
import { EmptyState } from "../../components/state";
import { useWords } from "../../words/language";
import { useRuleWords } from "./words";

/** RulesPage is not written yet. */
export function RulesPage() {
  const shared = useWords();
  const words = useRuleWords();
  useDocumentTitle(`${words.title} – ${shared.app}`);
  return <EmptyState title={words.title} />;
}
