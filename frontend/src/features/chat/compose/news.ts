import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { follower } from "../../../api/changes";

const pause = 150; // between two questions, in ms: a room that fills is asked about a few times a second

/**
 * Asker asks again for as long as something new came: one question at a time, none is ended by the next, and the last begins after the
 * last news.
 */
export class Asker {
  #ask: () => Promise<unknown>;
  #isNew = false;
  #running = false;

  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask;
  }

  news(): void {
    this.#isNew = true;
    if (!this.#running) void this.#run();
  }

  /** end asks nothing any more. */
  end(): void {
    this.#isNew = false;
    this.#ask = () => Promise.resolve();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#isNew) {
      this.#isNew = false;
      await this.#ask().catch(() => undefined); // the check itself says that it failed
      await new Promise((wake) => setTimeout(wake, pause));
    }
    this.#running = false;
  }
}

/** askAgain has the check answer anew. A question that is under way was asked before the news: it is awaited first. */
async function askAgain(queries: QueryClient): Promise<void> {
  const now = { queryKey: ["check"], type: "active" } as const;
  if (queries.isFetching(now) > 0) await queries.refetchQueries(now, { cancelRefetch: false });
  await queries.refetchQueries(now, { cancelRefetch: false });
}

/** useNews has the check follow who comes and goes in a conversation, and how it stands with its account. */
export function useNews(id: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const asker = new Asker(() => askAgain(queries));
    const end = follower.subscribe((changes, reset) => {
      const isOurs = changes.some(
        (c) => (c.kind === "room" && c.id === id) || (c.kind === "chat" && (c.id === id || c.id === "")),
      );
      if (isOurs && !reset) asker.news(); // after a reset everything is asked anyway
    });
    return () => {
      end();
      asker.end();
    };
  }, [id, queries]);
}
