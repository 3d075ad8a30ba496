import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { api, ask } from "../../api/client";
import { useShell } from "../../api/queries";
import type { ChatConversation } from "../../api/types";
import { announce } from "../../components/announce";
import { place } from "../../components/place";
import { useWords } from "../../words/language";
import { useChat } from "../chat/queries";
import { type InboxWords, useInboxWords } from "../inbox/words";

/** Time in which one conversation is told of once, ms: a room may say a hundred things in a second. */
export const quiet = 5000;

/** useChatUnread is how many messages of all conversations wait to be read. */
export function useChatUnread(): number {
  return useChat().data?.unread ?? 0;
}

/** What was known of a conversation, and when it was told of last. */
type Known = { unread: number; notCleared: number; told: number };

/**
 * useChatNews tells of what was said and who came in, wherever in the app the user is: a line at the bottom, and, where the user has
 * allowed it, a notice of the system when another program is in front. A notice says the marking and who, never the text: notices show on
 * locked screens.
 */
export function useChatNews(): void {
  const words = useWords();
  const inbox = useInboxWords();
  const [here, go] = useLocation();
  const shell = useShell();
  const isWindow = shell.data?.window ?? false;
  const chat = useChat().data;
  const known = useRef<Map<string, Known> | undefined>(undefined);
  useEffect(() => {
    if (!chat) return;
    const before = known.current;
    const now = Date.now();
    known.current = new Map(
      chat.conversations.map((c) => [
        c.id,
        { unread: c.unread, notCleared: c.notCleared, told: before?.get(c.id)?.told ?? 0 },
      ]),
    );
    if (!before) return; // what was there is no news
    for (const c of chat.conversations) {
      const was = before.get(c.id) ?? { unread: 0, notCleared: 0, told: 0 };
      const open = () => go(place("/chat", c.id));
      const isOpen = here === place("/chat", c.id);
      if (c.joined && c.notCleared > was.notCleared && !isOpen) {
        announce(words.enteredRoom(c.name, c.notCleared), { text: words.newsShow, run: open });
      }
      if (c.unread <= was.unread || !c.last || c.last.mine || now - was.told < quiet) continue;
      const next = known.current.get(c.id);
      if (next) next.told = now;
      if (!isOpen) announce(words.said(c.name, c.unread), { text: words.newsShow, run: open });
      if (!document.hasFocus()) notify(c.id, noticeOf(c, inbox), isWindow, open);
    }
  }, [chat, words, inbox, here, go, isWindow]);
}

/** noticeOf is the marking and who: of what is withheld that is all that may be told, and of the others it is enough. */
export function noticeOf(c: ChatConversation, { label: words }: InboxWords): string {
  const last = c.last;
  if (!last) return c.name;
  const { state, marking } = last.label;
  const shown = state === "faulty" ? words.faulty : state === "assumed" ? `${words.assumed} ${marking}` : marking;
  const who = c.kind === "room" ? `${last.from}, ${c.name}` : c.name;
  return `${state === "unlabelled" || !shown ? words.none : shown} · ${who}`;
}

function notify(id: string, text: string, isWindow: boolean, open: () => void): void {
  // A system without notices has shown the line at the bottom all the same.
  if (isWindow) {
    void ask(api.POST("/api/shell/notify", { body: { title: "Caveat", text } })).catch(() => undefined);
    return;
  }
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const notice = new Notification("Caveat", { body: text, tag: id });
  notice.onclick = () => {
    window.focus();
    open();
    notice.close();
  };
}
