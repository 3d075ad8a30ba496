import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { api, ask } from "../../api/client";
import { useShell } from "../../api/queries";
import type { Message, MessageState } from "../../api/types";
import { announce } from "../../components/announce";
import { useWords } from "../../words/language";
import { failedAfter } from "../sent/queries";

/** States in which something has been settled, or waits for the user. */
type Telling = keyof ReturnType<typeof useWords>["news"];

const isTelling = (s: MessageState, words: Record<Telling, unknown>): s is Telling => s in words;

const looked = 50; // newest messages

/** What was known of a message: its state, and for how many it is reported that it did not arrive. */
type Known = { state: MessageState; failed: number };

/**
 * useNews tells what became of messages, wherever in the app the user is: a line at the bottom, and in the window a notice of
 * the system when another program is in front. It never says what a message is about: notices show on locked screens.
 */
export function useNews(): void {
  const { news, newsFailed, newsShow } = useWords();
  const [here, go] = useLocation();
  const shell = useShell();
  const isWindow = shell.data?.window ?? false;
  const known = useRef<Map<string, Known> | undefined>(undefined);
  const messages = useQuery({
    queryKey: ["messages", "news"],
    queryFn: ({ signal }) => ask(api.GET("/api/messages", { params: { query: { limit: looked } }, signal })),
  });
  const list = messages.data;
  useEffect(() => {
    if (!list) return;
    const before = known.current;
    known.current = new Map(list.map((m) => [m.id, { state: m.state, failed: failedAfter(m) }] as const));
    if (!before) return;
    for (const m of list) {
      const text = newsOf(m, before.get(m.id));
      if (!text) continue;
      if (!here.endsWith(m.id)) announce(text, { text: newsShow, run: () => go(`/sent/${m.id}`) });
      if (isWindow && !document.hasFocus()) void notify(m, text);
    }
    function newsOf(m: Message, last: Known | undefined): string {
      if (failedAfter(m) > (last?.failed ?? 0)) return newsFailed;
      if (m.channel === "chat" && m.state === "accepted") return ""; // its conversation says so, many times a minute
      return last?.state !== m.state && isTelling(m.state, news) ? news[m.state](m.recipients.length) : "";
    }
  }, [list, news, newsFailed, newsShow, here, go, isWindow]);
}

async function notify(m: Message, text: string): Promise<void> {
  // A system without notices has shown the line at the bottom all the same.
  await ask(api.POST("/api/shell/notify", { body: { title: `Caveat · ${m.sender}`, text } })).catch(() => undefined);
}
