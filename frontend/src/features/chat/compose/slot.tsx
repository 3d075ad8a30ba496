import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { ChatConversation, ChatDetail, ChatPresence } from "../../../api/types";
import { Board, SharedContext } from "./board";

export { ChatCheck, ChatCheckSum } from "./check";
export { ChatComposer } from "./composer";

/** What the page of a conversation gives to the composer and to the columns beside it. */
export type Composing = {
  conversation: ChatConversation;
  detail: ChatDetail;
  /** Of a room; left out: of a person, or not read yet. */
  presence?: ChatPresence | undefined;
};

export type ComposingProps = Composing & {
  /** Told by which stored draft the occupants are judged; "": by none. */
  onJudged: (draft: string) => void;
  /** Id of the own message in the detail that is to be corrected; "": none. */
  correcting: string;
  /** Told when the correction ended. */
  done: () => void;
  children: ReactNode;
};

/** ChatComposing goes around the composer and its check, so that both are of one draft. Its key is the conversation's. */
export function ChatComposing({ onJudged, correcting, done, children }: ComposingProps) {
  const [board] = useState(() => new Board());
  const shared = useMemo(() => ({ board, onJudged, correcting, done }), [board, onJudged, correcting, done]);
  useEffect(() => () => board.show(undefined), [board]);
  return <SharedContext.Provider value={shared}>{children}</SharedContext.Provider>;
}
