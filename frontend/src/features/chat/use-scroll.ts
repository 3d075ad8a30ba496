import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Item } from "./items";

const nearEnd = 48; // px from the end that count as being there
const nearBegin = 240; // px from the begin at which older messages are asked for
const usualHeight = 60; // of a message, px

/**
 * useScroll keeps what is read in its place: whoever is at the end stays there while messages come; whoever reads older ones has them stay
 * under his eyes, whatever is put before or behind them. Only the rows in sight are drawn.
 */
export function useScroll(items: readonly Item[], older: (() => void) | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const end = useRef(true);
  const anchor = useRef<{ key: string; by: number } | undefined>(undefined);
  const isPlaced = useRef(false);
  const newest = useRef<string>(undefined);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    getItemKey: (i) => items[i]?.key ?? i,
    estimateSize: () => usualHeight,
    overscan: 8,
  });
  const total = virtual.getTotalSize();

  const toEnd = useCallback(() => {
    const el = box.current;
    if (!el) return;
    end.current = true;
    setAtEnd(true);
    el.scrollTop = el.scrollHeight;
  }, []);

  const onScroll = useCallback(() => {
    const el = box.current;
    if (!el || !isPlaced.current) return;
    const is = isNear(el);
    end.current = is;
    setAtEnd(is);
    // A message: what divides them comes and goes when older ones are put before.
    const first = virtual.measurementsCache.find((m) => m.end > el.scrollTop && items[m.index]?.kind === "message");
    anchor.current = first ? { key: String(first.key), by: el.scrollTop - first.start } : undefined;
    if (el.scrollTop < nearBegin && !is) older?.();
  }, [virtual, older, items]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever rows come, or are found to be higher than they were thought to be
  useLayoutEffect(() => {
    const el = box.current;
    if (!el || items.length === 0) return;
    if (!isPlaced.current) {
      isPlaced.current = true;
      newest.current = items.at(-1)?.key;
      const unread = items.findIndex((i) => i.kind === "unread");
      if (unread >= 0) virtual.scrollToIndex(unread, { align: "start" });
      else el.scrollTop = el.scrollHeight;
      end.current = unread < 0;
      setAtEnd(end.current);
      return;
    }
    const last = items.at(-1);
    const isNew = last?.key !== newest.current;
    newest.current = last?.key;
    // Whoever writes looks at what he wrote; and all may be in sight without anybody having scrolled.
    const isOwn = isNew && last?.kind === "message" && last.message.mine;
    if (!end.current && (isOwn || isNear(el))) {
      end.current = true;
      setAtEnd(true);
    }
    if (end.current) el.scrollTop = el.scrollHeight;
  }, [items, total]);

  const first = items.find((i) => i.kind === "message")?.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with older ones before what is read
  useLayoutEffect(() => {
    const el = box.current;
    const at = anchor.current;
    if (!el || !at || end.current) return;
    const row = virtual.measurementsCache.find((m) => m.key === at.key);
    if (row) el.scrollTop = row.start + at.by;
  }, [first]);

  useStay(box, end);
  return { box, virtual, total, isAtEnd, toEnd, onScroll };
}

const isNear = (el: HTMLElement) => el.scrollHeight - el.scrollTop - el.clientHeight < nearEnd;

/** useStay keeps the end in sight when the place for it gets smaller or larger: the composer grows with its text. */
function useStay(box: RefObject<HTMLDivElement | null>, end: RefObject<boolean>) {
  useEffect(() => {
    const el = box.current;
    if (!el || typeof ResizeObserver === "undefined") return;
    const watch = new ResizeObserver(() => {
      if (end.current) el.scrollTop = el.scrollHeight;
    });
    watch.observe(el);
    return () => watch.disconnect();
  }, [box, end]);
}
