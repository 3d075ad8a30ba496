import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ChatDetail, ChatMessage } from "../../api/types";
import { ProblemState } from "../../components/state";
import { useLanguage } from "../../words/language";
import { longDate } from "../../words/time";
import { type Item, itemsOf } from "./items";
import { Message } from "./message";
import classes from "./messages.module.css";
import { useMarkRead } from "./queries";
import { senderOf } from "./sender";
import { useAttention } from "./use-attention";
import { useScroll } from "./use-scroll";
import { useChatWords } from "./words";

type Props = {
  id: string;
  name: string;
  detail: ChatDetail;
  unread: number;
  older: (() => void) | undefined;
  isReadingOlder: boolean;
  olderError: unknown;
  letGo: () => void;
  /** Of the user's own message that may be corrected; "": none may. */
  correctable: string;
  correct: (id: string) => void;
};

/** Messages is what was said, each under its marking; the newest is at the end. */
export function Messages(props: Props) {
  const { id, name, detail, unread, older, letGo } = props;
  const words = useChatWords();
  const { messages } = detail;
  const [firstUnread] = useState(() => messages.find((m) => m.unread)?.id ?? "");
  const items = useMemo(() => itemsOf(messages, firstUnread, older !== undefined), [messages, firstUnread, older]);
  const { box, virtual, total, isAtEnd, toEnd, onScroll } = useScroll(items, older);
  const isAttentive = useAttention();
  useMarkRead(id, unread, isAtEnd && isAttentive);
  const newer = useNewer(messages, isAtEnd);
  const said = useSaid(messages);
  useEffect(() => {
    if (isAtEnd) letGo();
  }, [isAtEnd, letGo]);
  if (messages.length === 0) {
    return (
      <div className={classes.nothing} data-region="messages">
        <p>{words.log.empty}</p>
        <p className="quiet">{words.log.emptyText(name)}</p>
      </div>
    );
  }
  return (
    <div className={classes.said} data-region="messages">
      <div
        ref={box}
        className={classes.log}
        role="log"
        aria-live="off"
        aria-label={words.log.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        onScroll={onScroll}
      >
        <div className={classes.rows} style={{ height: total }}>
          {virtual.getVirtualItems().map((v) => {
            const item = items[v.index];
            return item ? (
              <div
                key={v.key}
                ref={virtual.measureElement}
                data-index={v.index}
                className={classes.item}
                style={{ transform: `translateY(${v.start}px)` }}
              >
                <Row item={item} {...props} />
              </div>
            ) : null;
          })}
        </div>
      </div>
      {isAtEnd ? null : (
        <Button className={classes.jump} size="compact-sm" variant={newer > 0 ? "filled" : "default"} onClick={toEnd}>
          {newer > 0 ? words.log.newestNew(newer) : words.log.newest} ↓
        </Button>
      )}
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </div>
  );
}

function Row({ item, older, isReadingOlder, olderError, correctable, correct }: Props & { item: Item }) {
  const { log: words } = useChatWords();
  const { language } = useLanguage();
  switch (item.kind) {
    case "older":
      return (
        <div className={classes.older}>
          <Button variant="subtle" size="compact-sm" disabled={isReadingOlder} onClick={older}>
            {isReadingOlder ? words.reading : words.older}
          </Button>
          {olderError ? <ProblemState error={olderError} inline /> : null}
        </div>
      );
    case "begin":
      return <p className={`${classes.older} quiet`}>{words.begin}</p>;
    case "day":
      return (
        <p className={classes.day}>
          <span>{longDate(item.at, language)}</span>
        </p>
      );
    case "unread":
      return (
        <p className={`${classes.day} ${classes.divide}`}>
          <span>{words.unread}</span>
        </p>
      );
    case "message":
      return <Message message={item.message} correct={item.key === correctable ? correct : undefined} />;
  }
}

/** useNewer counts what came since the end was in sight. */
function useNewer(messages: readonly ChatMessage[], isAtEnd: boolean): number {
  const last = messages.at(-1)?.id ?? "";
  const [seen, setSeen] = useState(last);
  useEffect(() => {
    if (isAtEnd) setSeen(last);
  }, [isAtEnd, last]);
  if (isAtEnd || seen === last) return 0;
  const at = messages.findIndex((m) => m.id === seen);
  return at < 0 ? messages.length : messages.length - at - 1;
}

const pause = 1500; // between what a screen reader is told, ms

/** useSaid is what a screen reader is told of what came: one message in its words, several by their number. */
function useSaid(messages: readonly ChatMessage[]): string {
  const words = useChatWords();
  const [said, setSaid] = useState("");
  const told = useRef(messages.at(-1)?.id ?? "");
  const latest = useRef(messages);
  latest.current = messages;
  const last = messages.at(-1)?.id ?? "";
  useEffect(() => {
    if (last === told.current) return;
    const timer = setTimeout(() => {
      const all = latest.current;
      const at = all.findIndex((m) => m.id === told.current);
      const fresh = all.slice(at + 1).filter((m) => !m.mine);
      told.current = all.at(-1)?.id ?? "";
      const [one] = fresh;
      if (fresh.length > 1) setSaid(words.log.came(fresh.length));
      else if (one)
        setSaid(
          `${senderOf(one.from, words)}, ${one.label.marking}: ${one.withheld ? words.message.withheld : one.body}`,
        );
    }, pause);
    return () => clearTimeout(timer);
  }, [last, words]);
  return said;
}
