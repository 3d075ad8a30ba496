import { type Dispatch, useCallback, useEffect, useReducer, useRef } from "react";
import { isAbort, problemOf } from "../../../api/problem";
import type { KeptAttachment } from "../../../api/types";
import { upload } from "../../../api/upload";
import type { Action } from "../state";
import { nextUpload, reduceUploads, type Upload } from "./uploads";

let count = 0;

/** useUploads brings files to the program one after the other; what has arrived is attached to the draft. */
export function useUploads(dispatch: Dispatch<Action>, limit: number) {
  const [uploads, change] = useReducer(reduceUploads, [] as readonly Upload[]);
  const files = useRef(new Map<number, File>());
  const running = useRef<{ id: number; end: AbortController } | undefined>(undefined);
  const add = useCallback(
    (chosen: readonly File[]) => {
      const named = chosen.map((f) => ({ id: ++count, name: f.name, size: f.size }));
      named.forEach((n, i) => {
        const file = chosen[i];
        if (file) files.current.set(n.id, file);
      });
      change({ type: "chosen", files: named, limit });
    },
    [limit],
  );
  const cancel = useCallback((id: number) => {
    if (running.current?.id === id) {
      running.current.end.abort();
      running.current = undefined; // the next one begins at once
    }
    files.current.delete(id);
    change({ type: "ended", id });
  }, []);
  const again = useCallback((id: number) => change({ type: "again", id }), []);
  const next = nextUpload(uploads);
  useEffect(() => {
    const file = next && files.current.get(next.id);
    if (!next || !file || running.current) return;
    const end = new AbortController();
    const { id } = next;
    running.current = { id, end };
    change({ type: "sent", id, sent: 0 });
    send(file, (sent) => change({ type: "sent", id, sent }), end.signal).then(
      (kept) => {
        running.current = undefined;
        files.current.delete(id);
        dispatch({ type: "attached", attachment: attachmentOf(kept) });
        change({ type: "ended", id });
      },
      (error: unknown) => {
        if (running.current?.id === id) running.current = undefined;
        const isUnread = error instanceof DOMException && !isAbort(error);
        if (isAbort(error)) change({ type: "ended", id });
        else change({ type: "failed", id, problem: isUnread ? "unreadable" : problemOf(error) });
      },
    );
  }, [next, dispatch]);
  useEffect(() => () => running.current?.end.abort(), []);
  return { uploads, add, cancel, again };
}

async function send(file: File, progress: (sent: number) => void, signal: AbortSignal): Promise<KeptAttachment> {
  const bytes = await file.arrayBuffer();
  const path = `/api/attachments?name=${encodeURIComponent(file.name)}`;
  return (await upload(path, bytes, { type: "application/octet-stream", progress, signal })) as KeptAttachment;
}

type Marking = Pick<KeptAttachment, "marking" | "foreground" | "background">;

/** The markings of files that were attached on this page, by what they hold: the check says them too, once it can be asked. */
const markings = new Map<string, Marking>();

export const markingOf = (sha256: string | undefined): Marking | undefined => markings.get(sha256 ?? "");

/** attachmentOf keeps what belongs into the draft: the rest is known again from the file. */
function attachmentOf({ file, sha256, size, type, label, ...kept }: KeptAttachment) {
  if (kept.marking) markings.set(sha256, kept);
  return { file, sha256, size, type, ...(label ? { label } : {}) };
}
