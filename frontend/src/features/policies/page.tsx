import { useDocumentTitle } from "@mantine/hooks";
import { EmptyState } from "../../components/state";
import { useWords } from "../../words/language";
import { usePolicyWords } from "./words";

/** PoliciesPage is not written yet. */
export function PoliciesPage() {
  const shared = useWords();
  const words = usePolicyWords();
  useDocumentTitle(`${words.title} – ${shared.app}`);
  return <EmptyState title={words.title} />;
}
