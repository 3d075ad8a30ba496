import { Button } from "@mantine/core";
import type { Directory } from "../../api/types";
import { announce } from "../../components/announce";
import { useLanguage } from "../../words/language";
import { useRemoval } from "./queries";
import { Refused } from "./refused";
import { useMayChange } from "./settings";
import { useDirectoryWords } from "./words";

/** Remove takes a directory out of the installation. It cannot be taken back: so it says what goes, one step away. */
export function Remove({ directory: d, close }: { directory: Directory; close: () => void }) {
  const words = useDirectoryWords();
  const { language } = useLanguage();
  const mayChange = useMayChange();
  const domains = [...d.mailDomains, ...d.chatDomains];
  const remove = useRemoval(d.name, () => {
    announce(words.removed(d.name));
    close();
  });
  if (!mayChange) return null;
  return (
    <details>
      <summary>{words.removal}</summary>
      <p>{words.removeMeans}</p>
      {domains.length > 0 ? <p>{words.removeDomains(domains.join(", "))}</p> : null}
      <Button variant="default" disabled={remove.isPending} onClick={() => remove.mutate(d.revision ?? "")}>
        {words.remove(d.name, d.entries.toLocaleString(language))}
      </Button>
      <Refused error={remove.error} />
    </details>
  );
}
