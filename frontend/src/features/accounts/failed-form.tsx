import { problemOf } from "../../api/problem";
import { Notice } from "../../components/state";
import { useWords } from "../../words/language";
import { useAccountWords } from "./words";

/**
 * NotSaved says why something was not saved: what is wrong in the form stands in the program's own words, and what to do where
 * somebody else was faster in the page's.
 */
export function NotSaved({ error }: { error: unknown }) {
  const shared = useWords();
  const words = useAccountWords();
  if (!error) return null;
  const problem = problemOf(error);
  return (
    <Notice>
      <strong>{shared.problem.title[problem.code] ?? words.notSaved}</strong>
      {problem.code === "user-settings-changed" ? (
        <p>{shared.problem.means[problem.code]}</p>
      ) : (
        <p className="mono">{problem.detail}</p>
      )}
    </Notice>
  );
}
