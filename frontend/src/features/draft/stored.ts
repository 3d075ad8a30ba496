import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { follower } from "../../api/changes";
import { api, ask } from "../../api/client";
import { Problem, problemOf, serverGone } from "../../api/problem";
import { isFresh } from "../drafts/new-draft";
import { type Saved, Saver } from "./saver";
import { type Content, contentOf } from "./state";

export type Stored = { version: number; changed: string; content: Content } | "new";

/** readDraft gives a stored draft; one that does not exist yet is new. */
export async function readDraft(id: string, signal?: AbortSignal): Promise<Stored> {
  if (isFresh(id)) return "new";
  try {
    const d = await ask(api.GET("/api/drafts/{id}", { params: { path: { id } }, ...(signal ? { signal } : {}) }));
    return { version: d.version, changed: d.changed, content: contentOf(d.content) };
  } catch (error) {
    const p = error instanceof Problem ? error : undefined;
    if (p?.code === "user-draft-gone") return "new";
    throw error;
  }
}

/** useStored reads the draft once; from then on the page has it and the Saver writes it. */
export function useStored(id: string) {
  return useQuery({
    queryKey: ["stored-draft", id],
    queryFn: ({ signal }) => readDraft(id, signal),
    enabled: (q) => q.state.data === undefined, // also when everything else is asked again
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

const put = (id: string) => (version: number, content: Content, last: boolean) =>
  ask(api.PUT("/api/drafts/{id}", { params: { path: { id } }, body: { version, content }, keepalive: last }));

/** useSaver saves the content whenever it changes, and when the page is left. */
export function useSaver(id: string, stored: Stored, content: Content): { saver: Saver; saved: Saved } {
  const [saver] = useState(() => new Saver(put(id), stored === "new" ? undefined : stored, content));
  const saved = useSyncExternalStore(saver.subscribe, saver.status);
  useEffect(() => {
    if (!saver.isGiven(content)) saver.change(content);
  }, [content, saver]);
  useEffect(() => {
    const leave = () => saver.leave(true);
    // Whatever cannot be saved (the program is gone) must not be left without a word.
    const warn = (e: BeforeUnloadEvent) => {
      if (!saver.isClean()) e.preventDefault();
    };
    window.addEventListener("pagehide", leave);
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("beforeunload", warn);
      saver.leave(false);
    };
  }, [saver]);
  return { saver, saved };
}

/**
 * useElsewhere hears of changes that another tab made to the draft: `changed` gets what is stored now, `gone` is called
 * when it is there no more. While this page has something unsaved its own next save finds out instead.
 */
export function useElsewhere(id: string, saver: Saver, changed: (s: Stored) => void, gone: () => void): void {
  useEffect(
    () =>
      follower.subscribe((changes, reset) => {
        if (!reset && !changes.some((c) => c.kind === "draft" && c.id === id)) return;
        if (!saver.isClean() || saver.isHeld() || saver.version() === 0) return;
        const known = saver.version();
        readDraft(id).then(
          (now) => {
            if (!saver.isClean() || saver.isHeld() || saver.version() !== known) return;
            if (now === "new") gone();
            else if (now.version > known) changed(now);
          },
          (error: unknown) => {
            const p = problemOf(error);
            if (p.code === serverGone) follower.failed(p);
          },
        );
      }),
    [id, saver, changed, gone],
  );
}
