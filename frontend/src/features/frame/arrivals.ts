import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { api, ask } from "../../api/client";
import { useShell } from "../../api/queries";
import { announce } from "../../components/announce";
import { place } from "../../components/place";
import { useWords } from "../../words/language";
import { useMilitaryWords } from "../draft/military/words";
import { isUrgent, rankOf } from "../inbox/precedence";
import { type Known, lookAt, looked } from "./came";

/** Its key begins with "inbox": a change there asks it again. */
function useNewest() {
  return useQuery({
    queryKey: ["inbox", "newest"],
    queryFn: ({ signal }) => ask(api.GET("/api/inbox", { params: { query: { unread: true, limit: looked } }, signal })),
  });
}

/** useUnread is how many messages of the inbox wait to be read. */
export function useUnread(): number {
  return useNewest().data?.unread ?? 0;
}

/**
 * useArrivals tells of what came in, wherever in the app the user is: a line at the bottom, with how urgent it is, and in the window
 * a notice of the system when another program is in front. That one says nothing of the message: notices show on locked screens.
 */
export function useArrivals(): void {
  const { arrived, arrivedAs, newsShow } = useWords();
  const { precedence } = useMilitaryWords();
  const [, go] = useLocation();
  const shell = useShell();
  const isWindow = shell.data?.window ?? false;
  const newest = useNewest();
  const inbox = newest.data;
  const known = useRef<Known | undefined>(undefined);
  useEffect(() => {
    // What a first reading brings has not just come in.
    if (!inbox || inbox.state === "none" || inbox.state === "new") return;
    const look = lookAt(inbox, known.current);
    known.current = look.known;
    const fresh = look.came;
    const [first] = [...fresh].sort((a, b) => rankOf(b.precedence) - rankOf(a.precedence));
    if (!first) return;
    const text = isUrgent(first.precedence)
      ? arrivedAs(precedence[first.precedence ?? ""] ?? first.precedence ?? "")
      : arrived(fresh.length);
    announce(text, { text: newsShow, run: () => go(fresh.length === 1 ? place("/inbox", first.id) : "/inbox") });
    if (isWindow && !document.hasFocus()) void notify(arrived(fresh.length));
  }, [inbox, arrived, arrivedAs, precedence, newsShow, go, isWindow]);
}

async function notify(text: string): Promise<void> {
  // A system without notices has shown the line at the bottom all the same.
  await ask(api.POST("/api/shell/notify", { body: { title: "Caveat", text } })).catch(() => undefined);
}
