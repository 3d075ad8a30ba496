import type { CopyStatus } from "../../api/types";
import { useNote } from "../../words/reasons";
import { useSentWords } from "./words";

/** CopyState says whether a copy lies in the user's mailbox, or why not. It goes there only through a check of its own. */
export function CopyState({ copy }: { copy: CopyStatus }) {
  const { copy: words } = useSentWords();
  const note = useNote();
  return (
    <>
      {words.states[copy.state](copy.mailbox)}
      {copy.note ? <span className="quiet"> {note(copy.note)}</span> : null}
    </>
  );
}
