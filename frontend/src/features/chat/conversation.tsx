import { useCallback, useMemo, useState } from "react";
import { Problem } from "../../api/problem";
import type { ChatConversation, ChatDetail, ChatPresence } from "../../api/types";
import { Failed } from "../../components/failed";
import { EmptyState, ProblemState, SkeletonRows } from "../../components/state";
import { Alarms } from "./alarms";
import classes from "./chat.module.css";
import { ChatComposer, ChatComposing } from "./compose/slot";
import { Banner, Head, Out } from "./head";
import { Messages } from "./messages";
import { useConversation, useOccupants } from "./queries";
import { Side } from "./side";
import { useEntered } from "./use-entered";
import { useChatWords } from "./words";

type Props = {
  id: string;
  /** What the list knows of it: that is newer, where it stands in the list. */
  known: ChatConversation | undefined;
};

/** Conversation is one person or room: what was said, who hears what is said, and what is being written. */
export function Conversation({ id, known }: Props) {
  const words = useChatWords();
  const found = useConversation(id);
  const detail = found.data;
  if (!detail) {
    return (
      <div className={classes.middle} data-alone>
        {found.isError ? (
          <Missing error={found.error} retry={() => void found.refetch()} />
        ) : (
          <SkeletonRows label={words.loading} />
        )}
      </div>
    );
  }
  return <Opened id={id} conversation={known ?? detail.conversation} detail={detail} found={found} />;
}

type OpenedProps = {
  id: string;
  conversation: ChatConversation;
  detail: ChatDetail;
  found: ReturnType<typeof useConversation>;
};

function Opened({ id, conversation: c, detail, found }: OpenedProps) {
  const [judgedBy, setJudgedBy] = useState("");
  const [correcting, setCorrecting] = useState("");
  const isRoom = c.kind === "room";
  const occupants = useOccupants(id, judgedBy, isRoom);
  const presence = isRoom && c.joined ? occupants.data : undefined;
  const { alarms, gone, putAway } = useEntered(id, isRoom ? (c.joined ? presence : nobody) : undefined);
  const correctable = useMemo(() => lastOwn(detail), [detail]);
  const done = useCallback(() => setCorrecting(""), []);
  return (
    <ChatComposing
      conversation={c}
      detail={detail}
      presence={presence}
      onJudged={setJudgedBy}
      correcting={correcting}
      done={done}
    >
      <section className={classes.middle} aria-label={c.name}>
        <Banner conversation={c} detail={detail} />
        <Head conversation={c} detail={detail} />
        <Failed error={found.error} hasOld retry={() => void found.refetch()} />
        <Out conversation={c} />
        <Alarms alarms={alarms} gone={gone} marking={presence?.judged.marking ?? ""} putAway={putAway} />
        <Messages
          id={id}
          name={c.name}
          detail={detail}
          unread={c.unread}
          older={found.older}
          isReadingOlder={found.isReadingOlder}
          olderError={found.olderError}
          letGo={found.letGo}
          correctable={correctable}
          correct={setCorrecting}
        />
        <div className={classes.write} data-region="write">
          <ChatComposer conversation={c} detail={detail} presence={presence} />
        </div>
      </section>
      <Side
        conversation={c}
        detail={detail}
        presence={presence}
        error={occupants.error}
        retry={() => void occupants.refetch()}
      />
    </ChatComposing>
  );
}

/** nobody is who is known to be in a room that the user is not in. */
const nobody: ChatPresence = {
  occupants: [],
  complete: false,
  judged: {
    state: "unlabelled",
    marking: "",
    foreground: "",
    background: "",
    said: "",
    markings: {},
    policy: "",
    classification: "",
    faults: [],
  },
  notCleared: 0,
};

/** lastOwn is the newest message of the user's own that was sent from here and taken: that one can be corrected. */
function lastOwn({ messages }: ChatDetail): string {
  const last = messages.findLast((m) => m.mine && m.kind === "message");
  return last?.message && last.state === "accepted" && !last.withheld ? last.id : "";
}

function Missing({ error, retry }: { error: unknown; retry: () => void }) {
  const words = useChatWords();
  // An address that no conversation can have (422) is one that is not there.
  const isUnknown = error instanceof Problem && [400, 404, 422].includes(error.status);
  if (isUnknown) return <EmptyState title={words.unknown}>{words.unknownHint}</EmptyState>;
  return <ProblemState error={error} retry={retry} />;
}
