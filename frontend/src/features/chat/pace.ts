/** Time between the beginnings of two questions of the same kind, ms: four in a second are fluid, and no more than a reader sees. */
export const gap = 250;

/**
 * Pace asks when it is told that there is something new: at once when it has been quiet, never more often than the gap allows, and never
 * while a question is under way. What is told meanwhile is asked for after it, so that nothing is missed.
 */
export class Pace {
  readonly #run: () => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;
  #isWanted = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(run: () => Promise<unknown>) {
    this.#run = run;
  }

  ask(): void {
    this.#isWanted = true;
    if (!this.#isRunning && this.#timer === undefined) this.#later();
  }

  #later(): void {
    const wait = Math.max(0, this.#last + gap - performance.now());
    this.#timer = setTimeout(() => void this.#now(), wait);
  }

  async #now(): Promise<void> {
    this.#timer = undefined;
    this.#isWanted = false;
    this.#isRunning = true;
    this.#last = performance.now();
    try {
      await this.#run();
    } catch {
      // The question itself keeps its error, and shows it.
    } finally {
      this.#isRunning = false;
      if (this.#isWanted) this.#later();
    }
  }
}
