import { api, ask } from "../../api/client";
import { announce } from "../../components/announce";
import { useSaveFile } from "../../components/save-file";
import { useBookWords } from "./words";

/** useVCards keeps entries as one file of vCards. */
export function useVCards() {
  const { marked: words } = useBookWords();
  const file = useSaveFile();
  const save = (ids: string[]) =>
    file.save(
      {
        window: { what: "vcard", ids },
        load: () => ask(api.POST("/api/book/vcard", { body: { ids }, parseAs: "text" })) as Promise<string>,
        name: "contacts.vcf",
        type: "text/vcard",
      },
      { onSuccess: (path) => announce(path ? words.savedTo(path) : words.saved(ids.length)) },
    );
  return { save, isBusy: file.isBusy, error: file.error };
}
