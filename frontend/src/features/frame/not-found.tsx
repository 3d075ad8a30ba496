import { Link } from "wouter";
import { EmptyState } from "../../components/state";
import { useWords } from "../../words/language";

export function NotFound() {
  const words = useWords();
  return (
    <EmptyState title={words.page.notFound} action={<Link href="/">{words.page.toDrafts}</Link>}>
      {words.page.notFoundHint}
    </EmptyState>
  );
}
