import { useMutation } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import { useShell } from "../api/queries";
import type { SaveInput } from "../api/types";

type Saving = {
  /** What the window is asked to save. */
  window: SaveInput;
  /** How a browser gets the file, as text, and under which name it keeps it. */
  load: () => Promise<string>;
  name: string;
  type: string;
};

/** useSaveFile keeps a file that the program makes: the browser loads it, the window asks where to put it and gives the path. */
export function useSaveFile() {
  const shell = useShell();
  const save = useMutation({
    mutationFn: async (s: Saving): Promise<string> => {
      if (shell.data?.window) return (await ask(api.POST("/api/shell/save", { body: s.window }))).path;
      offer(await s.load(), s.name, s.type);
      return "";
    },
  });
  return { save: save.mutate, isBusy: save.isPending || shell.isPending, error: save.error };
}

/** offer hands a text to the browser's own download. */
function offer(text: string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
