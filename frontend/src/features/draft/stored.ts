import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { follower } from "../../api/changes";
import { api, ask } from "../../api/client";
import { Problem, problemOf, serverGone } from "../../api/problem";
import type { DraftContent } from "../../api/types";
import { isFresh, isMadeHere } from "../../components/new-draft";
import { type Saved, Saver, type Step } from "./saver";
import { type Content, contentOf, isUnbegun, storedOf } from "./state";
import { leaveBehind, show } from "./unsaved";

export type Stored = { version: number; changed: string; content: Content } | "new";

/** readDraft gives a stored draft; one that does not exist yet is new. */
export async function readDraft(id: string, signal?: AbortSignal): Promise<Stored> {
  if (isFresh(id)) return "new";
  try {
    const d = await ask(api.GET("/api/drafts/{id}", { params: { path: { id } }, ...(signal ? { signal } : {}) }));
    refuseForeignLabel(d.content.label);
    return { version: d.version, changed: d.changed, content: contentOf(d.content) };
  } catch (error) {
    const p = error instanceof Problem ? error : undefined;
    if (p?.code === "user-draft-gone") return "new";
    throw error;
  }
}

/** A label in XML is another program's: this page cannot show it in its picker, and must not save the draft without it. */
function refuseForeignLabel(label: unknown): void {
  if (typeof label !== "string" || label === "") return;
  throw new Problem({ code: "page-foreign-label", status: 0, detail: label.slice(0, 2000) });
}

/** useStored reads the draft once; from then on the page has it and the Saver writes it. */
export function useStored(id: string, isKept: boolean) {
  return useQuery({
    queryKey: ["stored-draft", id],
    queryFn: ({ signal }) => readDraft(id, signal),
    enabled: (q) => !isKept && q.state.data === undefined, // also when everything else is asked again
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

const put = (id: string) => (step: Step, draft: Content, last: boolean) => {
  const content = storedOf(draft);
  return ask(
    api.PUT("/api/drafts/{id}", {
      params: { path: { id } },
      body: { ...step, content },
      keepalive: last && isSmall(content),
    }),
  );
};

/** isSmall: only a small request may outlive its page (64 KiB by the Fetch standard); a larger one takes its chance. */
function isSmall(content: DraftContent): boolean {
  return new TextEncoder().encode(JSON.stringify(content)).length < 60_000;
}

/**
 * useSaver saves the content whenever it changes, and when the page is left. `kept` is the saver of a draft that was left
 * unsaved and is shown again; `onLeft` is told when this one is left so.
 */
export function useSaver(id: string, stored: Stored, content: Content, kept: Saver | undefined, onLeft: () => void) {
  const [saver] = useState(() => kept ?? new Saver(put(id), stored === "new" ? undefined : stored, content));
  const saved: Saved = useSyncExternalStore(saver.subscribe, saver.status);
  const latest = useRef(onLeft);
  useEffect(() => {
    latest.current = onLeft;
    const isNothing = saver.status().is === "new" && isUnbegun(content);
    if (!saver.isGiven(content) && !isNothing) saver.change(content);
  }, [content, onLeft, saver]);
  useEffect(() => {
    const hide = show(id, saver);
    const leave = () => saver.leave(true);
    window.addEventListener("pagehide", leave);
    return () => {
      hide();
      window.removeEventListener("pagehide", leave);
      saver.leave(false);
      const isStuck = ["conflict", "failed"].includes(saver.status().is);
      if (leaveBehind(id, saver) && isStuck) latest.current();
    };
  }, [id, saver]);
  return { saver, saved };
}

/**
 * useElsewhere hears of changes that another tab made to the draft, or this one before it was loaded anew: `changed` gets what is
 * stored now, `gone` is called when it is there no more. While this page has something unsaved its own next save finds out instead.
 */
export function useElsewhere(id: string, saver: Saver, changed: (s: Stored) => void, gone: () => void): void {
  useEffect(() => {
    const look = () => {
      const known = saver.version();
      if (!saver.isClean() || saver.isHeld() || (known === 0 && isMadeHere(id))) return;
      readDraft(id).then(
        (now) => {
          if (!saver.isClean() || saver.isHeld() || saver.version() !== known) return;
          if (now !== "new" && now.version > known) changed(now);
          if (now === "new" && known > 0) gone();
        },
        (error: unknown) => {
          const p = problemOf(error);
          if (p.code === serverGone) follower.failed(p);
        },
      );
    };
    const hear = follower.subscribe((changes, reset) => {
      if (reset || changes.some((c) => c.kind === "draft" && c.id === id)) look();
    });
    const wait = onceHere(look);
    return () => {
      hear();
      wait();
    };
  }, [id, saver, changed, gone]);
}

/**
 * onceHere calls f as soon as changes are told: of what happened between the reading of the draft and that moment (the last save of
 * a page that was reloaded, for one) nobody tells.
 */
function onceHere(f: () => void): () => void {
  if (follower.link().state === "here") {
    f();
    return () => undefined;
  }
  const end = follower.watchLink(() => {
    if (follower.link().state !== "here") return;
    end();
    f();
  });
  return end;
}
