import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, ask, whenGone } from "./client";
import { isAbort, type Problem, problemOf } from "./problem";
import type { Change } from "./types";

/** How the page stands with the program: `gone` when the last question was not answered. */
export type Link = { state: "asking" } | { state: "here" } | { state: "gone"; since: number; problem: Problem };

type Listener = (changes: Change[], reset: boolean) => void;

/**
 * What tabs tell each other: what changed, how the link stands, that whoever leads should ask again now, or that a tab was
 * opened, which would like to know how the link stands.
 */
type Word = { changes: Change[]; reset: boolean; link?: Link; ask?: true; opened?: true };

const lock = "caveat-changes";
const retryAfter = 2000;

/**
 * Follower keeps one long poll for all tabs of the browser: the tab that has the lock asks, and tells the others what
 * changed. (A browser opens six connections to one host; a poll per tab would use them up.)
 */
export class Follower {
  #listeners = new Set<Listener>();
  #watchers = new Set<() => void>();
  #link: Link = { state: "asking" };
  #channel = new BroadcastChannel(lock);
  #client = randomName();
  #asking = new AbortController(); // ends the question under way
  #begin: number | undefined; // the newest change when the page was given

  /** start begins to ask; `begin` is the newest change when the page was given: what it read since may be older than what comes later. */
  start(signal: AbortSignal, begin?: number): void {
    this.#begin = begin;
    whenGone((p) => this.failed(p));
    this.#channel.onmessage = (e: MessageEvent<Word>) => {
      if (e.data.ask) this.#asking.abort();
      else if (e.data.opened) this.#sayLink();
      else if (e.data.link) this.#setLink(e.data.link);
      else this.#tell(e.data.changes, e.data.reset);
    };
    this.#say({ changes: [], reset: false, opened: true });
    void this.#lead(signal);
  }

  /** subscribe calls f for each batch of changes; reset means that everything may have changed. */
  subscribe(f: Listener): () => void {
    this.#listeners.add(f);
    return () => this.#listeners.delete(f);
  }

  watchLink = (f: () => void): (() => void) => {
    this.#watchers.add(f);
    return () => this.#watchers.delete(f);
  };

  link = (): Link => this.#link;

  /**
   * failed is told by other calls that got no answer: then the page need not wait for the poll to notice. The poll is asked
   * anew, because one that is waiting on a program that is there would say so only at its end.
   */
  failed(problem: Problem): void {
    if (this.#link.state === "gone") return;
    this.#setLink(this.#gone(problem));
    this.#asking.abort();
    this.#say({ changes: [], reset: false, ask: true });
  }

  async #lead(signal: AbortSignal): Promise<void> {
    // A page without the lock manager (an old web view) polls by itself.
    if (!navigator.locks) return this.#poll(signal);
    try {
      await navigator.locks.request(lock, { signal }, () => this.#poll(signal));
    } catch (error) {
      if (!isAbort(error)) await this.#poll(signal);
    }
  }

  async #poll(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#asking.abort());
    let after = -1;
    while (!signal.aborted) {
      this.#asking = new AbortController();
      try {
        const answer = await ask(
          api.GET("/api/changes", {
            params: { query: { after, client: this.#client } },
            signal: this.#asking.signal,
          }),
        );
        const first = after === -1;
        const isBegin = first && this.#link.state === "asking";
        after = Math.min(answer.seq, (isBegin ? this.#begin : undefined) ?? answer.seq);
        if (first && this.#link.state === "here") this.#tell([], true); // another tab led until now, and may have missed some
        if (this.#link.state !== "here") this.#setLink({ state: "here" }, true);
        if (!first && (answer.reset || answer.changes.length > 0)) {
          this.#tell(answer.changes, answer.reset);
          this.#say({ changes: answer.changes, reset: answer.reset });
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!isAbort(error)) this.#setLink(this.#gone(problemOf(error)), true);
        else if (this.#link.state === "here") this.#setLink({ state: "asking" }); // another tab got no answer
        if (this.#link.state === "gone") after = -1; // it may come back with other numbers
        await new Promise((wake) => setTimeout(wake, retryAfter));
      }
    }
  }

  #gone(problem: Problem): Link {
    return { state: "gone", since: this.#link.state === "gone" ? this.#link.since : Date.now(), problem };
  }

  #setLink(link: Link, tellOthers = false): void {
    const back = this.#link.state === "gone" && link.state === "here";
    this.#link = link;
    for (const f of this.#watchers) f();
    if (back) this.#tell([], true); // whatever was missed
    if (tellOthers) this.#sayLink();
  }

  #sayLink(): void {
    if (this.#link.state !== "asking") this.#say({ changes: [], reset: false, link: strip(this.#link) });
  }

  #say(word: Word): void {
    this.#channel.postMessage(word);
  }

  #tell(changes: Change[], reset: boolean): void {
    for (const f of this.#listeners) f(changes, reset);
  }
}

/** strip leaves what can be sent between tabs: an error's class is lost on the way. */
function strip(link: Link): Link {
  if (link.state !== "gone") return link;
  const { code, status, detail, message, name } = link.problem;
  return {
    ...link,
    problem: {
      ...{ code, status, detail, message, name },
      ...{ report: undefined, field: undefined, relabelled: undefined, reasons: undefined },
    },
  };
}

/** randomName is random letters and digits. (crypto.randomUUID exists in secure contexts only; the window's is none.) */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export const follower = new Follower();

/** newestChange is the newest change when the page was given; undefined: the program did not say. */
export function newestChange(): number | undefined {
  const said = document.querySelector<HTMLMetaElement>('meta[name="caveat-newest-change"]')?.content ?? "";
  return /^\d+$/.test(said) ? Number(said) : undefined;
}

export function useLink(): Link {
  return useSyncExternalStore(follower.watchLink, follower.link, follower.link);
}

/** keyOf tells which questions a change makes worth asking again. */
const keyOf: Record<string, string[]> = {
  message: ["messages"],
  draft: ["drafts"],
  book: ["book", "directories", "check"],
  installation: ["installation", "settings"],
  directory: ["directories"],
  job: ["directories"],
  sync: ["directories"],
  // Conversations keep their own pace (features/chat/refresh.ts): a room may say a hundred things in a second.
  chat: [],
  room: [],
};

/** renewed is the kind of change that says that the program goes on with another installation: everything may be others then. */
const renewed = "renewed";

/** refreshOnChange asks again what changes made old. */
export function refreshOnChange(client: QueryClient): () => void {
  return follower.subscribe((changes, reset) => {
    if (reset || changes.some((c) => c.kind === renewed)) {
      void client.invalidateQueries();
      return;
    }
    const keys = new Set(changes.flatMap((c) => keyOf[c.kind] ?? [c.kind]));
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  });
}
