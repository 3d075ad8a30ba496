import { randomName } from "../../api/changes";
import { type Problem, problemOf, serverGone } from "../../api/problem";
import type { Content } from "./state";

/** Where the draft is: what is typed reaches the program within a moment, or the page says why it has not. */
export type Saved =
  | { is: "new" }
  | { is: "saved"; at: string }
  | { is: "saving" }
  | { is: "failed"; problem: Problem }
  /** Somebody else (another tab) changed, sent or deleted it meanwhile. */
  | { is: "conflict"; problem: Problem };

/** Step says on top of what a save goes: a version, or, when it is not known whether that came to be, the save of a name. */
export type Step = { version: number; name: string; after?: string };

export type Put = (step: Step, content: Content, last: boolean) => Promise<{ version: number; changed: string }>;

const wait = 300;
const retryAfter = 2000;
const conflicts = ["user-draft-changed", "user-draft-gone"];

/** worthRetrying: the program did not answer, or does not know this page any more; other refusals stay what they are. */
function worthRetrying(p: Problem): boolean {
  return p.code === serverGone || p.code === "user-session" || p.status >= 500;
}

/**
 * Saver keeps a draft in the program's database while it is typed (RULES 21: nowhere else). One save runs at a time, each
 * with the version that it builds on, so that two tabs cannot overwrite one another unseen.
 */
export class Saver {
  #put: Put;
  #version: number;
  #newest: Content | undefined; // not saved yet
  #given: Content | undefined; // by the program, so there is nothing to save in it
  #running: Promise<void> | undefined;
  #sending: { name: string; content: Content } | undefined; // by the save that is running, until its answer is known
  #timer: ReturnType<typeof setTimeout> | undefined;
  #status: Saved;
  #held = false;
  #paused = false;
  #stored: Content | undefined; // what the program has, as far as this page knows
  #watchers = new Set<() => void>();

  constructor(put: Put, stored?: { version: number; changed: string }, given?: Content) {
    this.#put = put;
    this.#given = given;
    this.#stored = stored && given;
    this.#version = stored?.version ?? 0;
    this.#status = stored ? { is: "saved", at: stored.changed } : { is: "new" };
  }

  version = (): number => this.#version;
  status = (): Saved => this.#status;
  isClean = (): boolean => this.#newest === undefined && this.#running === undefined;
  /** isHeld: it is being sent, so what happens to the stored draft is this page's own doing. */
  isHeld = (): boolean => this.#held;
  /** isGiven: the page shows what it got from the program, and nobody has changed anything since. */
  isGiven = (content: Content): boolean => content === this.#given;
  /** unsaved is the newest that is not known to be stored, whether it waits or is on its way; undefined: there is none. */
  unsaved = (): Content | undefined => this.#newest ?? this.#sending?.content;
  /** stored is the draft as the program has it; undefined: it has none, or this page does not know. */
  stored = (): Content | undefined => this.#stored;
  subscribe = (f: () => void): (() => void) => {
    this.#watchers.add(f);
    return () => this.#watchers.delete(f);
  };

  /**
   * change takes what the draft is now; it is saved in a moment, however long somebody types on without a pause. What is on its way
   * already is not saved twice: should its save fail, it is the newest again.
   */
  change(content: Content): void {
    if (content !== this.#given) this.#given = undefined; // whoever goes back to it changes the draft once more
    if (content === this.#sending?.content) {
      this.#newest = undefined;
      return;
    }
    this.#newest = content;
    if (this.#status.is === "conflict") return;
    if (this.#paused) return;
    if (this.#timer === undefined) this.#schedule(wait);
    if (this.#status.is === "new" || this.#status.is === "saved") this.#set({ is: "saving" });
  }

  /**
   * pause keeps back what is changed until it is taken off: while a label is put together its steps are none of the program's
   * business. What was changed before is saved at once; leaving and sending save all the same.
   */
  pause(paused: boolean): void {
    if (this.#paused === paused) return;
    if (paused) {
      this.#unschedule();
      if (this.#status.is !== "conflict") this.#begin(false);
    }
    this.#paused = paused;
    if (!paused && this.#newest) this.change(this.#newest);
  }

  /** flush saves what is not saved, and throws the Problem when that cannot be done. */
  async flush(): Promise<number> {
    this.#unschedule();
    while (this.#begin(false)) {
      await this.#running;
      if (this.#status.is === "failed" || this.#status.is === "conflict") throw this.#status.problem;
    }
    return this.#version;
  }

  /**
   * hurry saves at once what waits: the page may be about to end, and a browser that is busy does not wait for long for what it still
   * does then.
   */
  hurry(): void {
    if (this.#status.is === "conflict" || this.#paused) return;
    this.#unschedule();
    this.#begin(true);
  }

  /**
   * leave saves what is not saved while the draft is left, and nobody waits for the answer; `closing`: while the whole page
   * ends, when a request must be small to outlive it. A save under way may not outlive it, and whether it reaches the program is not
   * known any more: what it had is sent once more with the rest, on top of it or of what it was to go on top of.
   */
  leave(closing: boolean): void {
    this.#unschedule();
    if (this.#status.is === "conflict") return;
    if (!closing || !this.#sending) {
      this.#begin(closing);
      return;
    }
    const { name: after, content } = this.#sending;
    const step = { version: this.#version, name: randomName(), after };
    this.#put(step, this.#newest ?? content, true).catch(() => undefined); // nobody is left to hear of it
  }

  /** rebase settles a conflict for what this page has, up to the last letter: it builds on the version that is there. */
  rebase(version: number): void {
    this.#version = version;
    this.#set({ is: "saving" });
    if (this.#newest) this.change(this.#newest);
  }

  /** replaced: the page shows what is stored now. */
  replaced(version: number, changed: string, given: Content): void {
    this.#unschedule();
    this.#newest = undefined;
    this.#given = given;
    this.#stored = given;
    this.#version = version;
    this.#set({ is: "saved", at: changed });
  }

  hold(held: boolean): void {
    this.#held = held;
  }

  /** stop ends saving: the draft was sent. */
  stop(): void {
    this.#held = true;
    this.#unschedule();
    this.#newest = undefined;
    this.#put = () => new Promise(() => undefined);
    this.#tell();
  }

  #schedule(after: number): void {
    this.#unschedule();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#begin(false);
    }, after);
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** begin saves the newest, unless a save is running; false: there is nothing to save. */
  #begin(last: boolean): boolean {
    if (this.#running) return true;
    const content = this.#newest;
    if (!content) return false;
    this.#newest = undefined;
    this.#set({ is: "saving" });
    this.#running = this.#save(content, last).finally(() => {
      this.#running = undefined;
      if (this.#newest && this.#status.is === "saving" && !this.#paused) this.#schedule(wait);
      this.#tell(); // while it said "saved" this save was still running, so nobody saw it clean
    });
    return true;
  }

  async #save(content: Content, last: boolean): Promise<void> {
    try {
      const name = randomName();
      this.#sending = { name, content };
      const { version, changed } = await this.#put({ version: this.#version, name }, content, last);
      this.#sending = undefined;
      this.#version = version;
      this.#stored = content;
      this.#set(this.#newest ? { is: "saving" } : { is: "saved", at: changed }); // what was typed meanwhile is not saved yet
    } catch (error) {
      this.#sending = undefined;
      this.#failed(problemOf(error), content);
    }
  }

  #failed(problem: Problem, content: Content): void {
    const changedMeanwhile = this.#newest !== undefined;
    this.#newest ??= content;
    const conflict = conflicts.includes(problem.code);
    this.#set(conflict ? { is: "conflict", problem } : { is: "failed", problem });
    if (conflict) this.#unschedule();
    if (conflict || this.#paused) return; // the end of a pause saves what there is then
    if (worthRetrying(problem)) this.#schedule(retryAfter);
    else if (changedMeanwhile) this.#schedule(wait);
  }

  #set(status: Saved): void {
    this.#status = status;
    this.#tell();
  }

  #tell(): void {
    for (const f of this.#watchers) f();
  }
}
