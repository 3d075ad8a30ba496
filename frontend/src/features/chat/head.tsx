import { Menu } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import type { ChatConversation, ChatDetail } from "../../api/types";
import { announce } from "../../components/announce";
import { RoomIcon, WarningIcon } from "../../components/icons";
import { MarkingBanner } from "../../components/marking";
import { Nation } from "../../components/nation";
import { place } from "../../components/place";
import { Notice, ProblemState } from "../../components/state";
import { Badge } from "../inbox/label";
import { useInboxWords } from "../inbox/words";
import shared from "./chat.module.css";
import classes from "./head.module.css";
import { Joiner } from "./joiner";
import { useAct } from "./queries";
import { useChatWords } from "./words";

type Props = { conversation: ChatConversation; detail: ChatDetail };

/** Banner is the marking of the room: its default label, else that of the newest message, which says so. */
export function Banner({ conversation: c, detail }: Props) {
  const { banner: words } = useChatWords();
  const { label: received } = useInboxWords();
  const own = c.label.state !== "unlabelled" && c.label.marking ? c.label : undefined;
  const said = detail.messages.filter((m) => m.kind === "message" || m.kind === "invitation");
  const newest = said.findLast((m) => m.label.marking && m.label.state !== "faulty" && m.label.state !== "unlabelled");
  const shown = own ?? newest?.label;
  const which = newest === said.at(-1) ? words.newest : words.labelled;
  return (
    <MarkingBanner
      marking={shown?.marking ?? ""}
      foreground={shown?.foreground}
      background={shown?.background}
      qualifier={
        own ? "" : shown?.marking ? `${which}${shown.state === "assumed" ? `, ${received.assumed}` : ""}:` : ""
      }
      none={words.noneOf}
      label={c.kind === "room" ? words.room : words.label}
    />
  );
}

/** Head is with whom one talks, about what, and what can be done. */
export function Head({ conversation: c, detail: d }: Props) {
  const words = useChatWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <header className={classes.head}>
      <div className={shared.headLine}>
        <Nation code={c.nation} />
        {c.kind === "room" ? <RoomIcon title={words.head.room} /> : null}
        <h1 ref={heading} tabIndex={-1} title={c.address}>
          {c.name}
        </h1>
        <Doing conversation={c} />
      </div>
      {c.kind === "room" ? (
        <Subject detail={d} />
      ) : c.name === c.address ? null : (
        <p className={`${classes.subject} mono quiet`}>{c.address}</p>
      )}
    </header>
  );
}

function Subject({ detail: d }: { detail: ChatDetail }) {
  const words = useChatWords();
  const text = d.subjectWithheld ? words.head.subjectHidden : d.subject || words.head.noSubject;
  const isLabelled = d.subjectLabel.state !== "unlabelled";
  return (
    <p className={classes.subject} title={text}>
      <span className={d.subject ? "" : "quiet"}>{text}</span>
      {isLabelled && (d.subject || d.subjectWithheld) ? <Badge label={d.subjectLabel} /> : null}
      {d.subjectFlagged ? (
        <span className={classes.flag} title={words.message.flagged.unlabelled}>
          <WarningIcon size={12} /> <Badge label={d.subjectLabel} />
        </span>
      ) : null}
    </p>
  );
}

/** Doing is what can be done with a conversation. */
function Doing({ conversation: c }: { conversation: ChatConversation }) {
  const { head: words, closed, leftRoom } = useChatWords();
  const [, go] = useLocation();
  const act = useAct(c.id, (done) => {
    if (done === "leave") announce(leftRoom(c.name));
    if (done !== "close") return;
    go("/chat");
    announce(closed(c.name));
  });
  const isRoom = c.kind === "room";
  return (
    <>
      <Menu position="bottom-end" withinPortal={false} transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <button type="button" className={shared.more} aria-label={words.more} title={words.more}>
            ⋯
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => go(place("/book", c.address))}>{words.inBook}</Menu.Item>
          {isRoom ? (
            <Menu.Item onClick={() => act.mutate(c.bookmarked ? "unkeep" : "keep")}>
              {c.bookmarked ? words.unkeep : words.keep}
            </Menu.Item>
          ) : null}
          {isRoom && (c.joined || c.wanted) ? (
            <Menu.Item onClick={() => act.mutate("leave")}>{words.leave}</Menu.Item>
          ) : null}
          <Menu.Item onClick={() => act.mutate("close")}>
            {isRoom && c.joined ? words.closeRoom : words.close}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {act.isError ? <ProblemState error={act.error} inline /> : null}
    </>
  );
}

/** Out says that the user is not in the room, why, and lets him in again. */
export function Out({ conversation: c }: { conversation: ChatConversation }) {
  const words = useChatWords();
  if (c.kind !== "room" || c.joined) return null;
  return (
    <Notice>
      <p>
        <strong>{words.joined.out}.</strong> {c.problem ? `${c.problem} ` : ""}
        {words.joined.outMeans} {c.wanted ? words.joined.waits : ""}
      </p>
      <Joiner room={c.address} account={c.account} text={words.head.rejoin} />
    </Notice>
  );
}
