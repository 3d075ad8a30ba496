import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useMemo, useRef } from "react";
import type { ChatOccupant, ChatPresence } from "../../api/types";
import { WarningIcon } from "../../components/icons";
import { Nation } from "../../components/nation";
import { OutcomeMark } from "../../components/outcome";
import { useReason } from "../../words/reasons";
import { Badge } from "../inbox/label";
import shared from "./chat.module.css";
import classes from "./side.module.css";
import { useChatWords } from "./words";

/** From worst to best: who may not have what is said stands first. */
const rank: Record<ChatOccupant["outcome"], number> = { "not-cleared": 0, error: 1, unknown: 2, stale: 3, cleared: 4 };

/** inOrder is who is in a room: those first who may not have what is said, the user last. */
export function inOrder(list: readonly ChatOccupant[]): ChatOccupant[] {
  const place = (o: ChatOccupant) => (o.mine ? 9 : rank[o.outcome]);
  return [...list].sort((a, b) => place(a) - place(b) || (a.name || a.nick).localeCompare(b.name || b.nick));
}

export const isJudged = (p: ChatPresence) => p.judged.state !== "unlabelled";

/** others are those in a room beside the user. */
export const others = (p: ChatPresence) => p.occupants.filter((o) => !o.mine).length;

/** useCount says in one line who may not have what is said, and how bad that is. */
export function useCount(p: ChatPresence | undefined): { text: string; tone: "bad" | "good" | "none" } {
  const { people: words } = useChatWords();
  if (!p) return { text: words.loading, tone: "none" };
  const all = others(p);
  if (all === 0) return { text: words.nobody, tone: p.complete ? "none" : "bad" };
  if (!isJudged(p)) return { text: words.count(p.occupants.length), tone: "none" };
  return { text: words.cannot(p.notCleared, all), tone: p.notCleared > 0 || !p.complete ? "bad" : "good" };
}

/** People is who is in a room now, each with whether he may have what is said there. */
export function People({ presence: p }: { presence: ChatPresence }) {
  const { people: words, banner } = useChatWords();
  const list = useMemo(() => inOrder(p.occupants), [p.occupants]);
  return (
    <section className={classes.people} aria-label={words.title}>
      <div className={classes.judged}>
        {isJudged(p) ? (
          <>
            <span className="quiet">{banner.judged}</span>{" "}
            <span className={shared.whole}>
              <Badge label={p.judged} />
            </span>
          </>
        ) : (
          <span className="quiet">{words.unjudged}</span>
        )}
      </div>
      {p.complete ? null : (
        <p className={shared.doubt}>
          <WarningIcon size={12} /> {words.incomplete}
        </p>
      )}
      <Rows list={list} judged={isJudged(p)} />
    </section>
  );
}

/** Rows draws those in sight: a room may have thousands. */
function Rows({ list, judged }: { list: ChatOccupant[]; judged: boolean }) {
  const { people: words } = useChatWords();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => box.current,
    getItemKey: (i) => `${list[i]?.nick} ${list[i]?.address}`,
    estimateSize: () => 44,
    overscan: 8,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div ref={box} className={classes.occupants} role="group" aria-label={words.title} tabIndex={0}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((v) => {
          const who = list[v.index];
          return who ? (
            <li
              key={v.key}
              ref={virtual.measureElement}
              data-index={v.index}
              aria-setsize={list.length}
              aria-posinset={v.index + 1}
              style={{ transform: `translateY(${v.start}px)` }}
            >
              <Occupant who={who} judged={judged} />
            </li>
          ) : null;
        })}
      </ul>
    </div>
  );
}

const Occupant = memo(function Occupant({ who: o, judged }: { who: ChatOccupant; judged: boolean }) {
  const { people: words } = useChatWords();
  const reason = useReason();
  const notes = [
    o.name && o.name !== o.nick ? o.nick : "",
    o.mine ? words.you : "",
    words.affiliation[o.affiliation] ?? o.affiliation,
    o.role === "visitor" ? words.visitor : o.role === "moderator" ? words.moderator : "",
    o.address ? "" : words.hidden,
  ].filter(Boolean);
  return (
    <div className={classes.occupant}>
      <div>
        <Nation code={o.nation} />
        <strong title={o.address || undefined}>{o.name || o.nick}</strong>
        {judged ? <OutcomeMark outcome={o.outcome} iconOnly={o.outcome === "cleared"} /> : null}
      </div>
      <p className="quiet">{notes.join(" · ")}</p>
      {judged && o.outcome !== "cleared" ? o.reasons.map((r) => <p key={`${r.rule} ${r.text}`}>{reason(r)}</p>) : null}
    </div>
  );
});
