import { Button } from "@mantine/core";
import { useInstallation } from "../../../api/queries";
import type { Directory } from "../../../api/types";
import { announce } from "../../../components/announce";
import { ProblemState } from "../../../components/state";
import { useLanguage } from "../../../words/language";
import { useAct } from "./queries";
import { useDirectoryWords } from "./words";

/** Remove takes a directory out of the installation. It cannot be taken back: so it says what goes, one step away. */
export function Remove({ directory: d, close }: { directory: Directory; close: () => void }) {
  const words = useDirectoryWords();
  const { language } = useLanguage();
  const installation = useInstallation();
  const { remove } = useAct(d.name);
  if (installation.data?.managed !== false) return null;
  const onSuccess = () => {
    announce(words.removed(d.name));
    close();
  };
  return (
    <details>
      <summary>{words.removal}</summary>
      <p>{words.removeMeans}</p>
      <Button variant="default" disabled={remove.isPending} onClick={() => remove.mutate(undefined, { onSuccess })}>
        {words.remove(d.name, d.entries.toLocaleString(language))}
      </Button>
      {remove.error ? <ProblemState error={remove.error} inline /> : null}
    </details>
  );
}
