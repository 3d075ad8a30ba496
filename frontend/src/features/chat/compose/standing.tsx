import type { ChatAccount, ChatConversation } from "../../../api/types";
import { clock } from "../../../words/time";
import { useComposeWords } from "./words";

/** Standing says what becomes of a message that is sent now, where it does not leave at once. */
export function Standing({ conversation, account }: { conversation: ChatConversation; account: ChatAccount }) {
  const words = useComposeWords();
  const isRoom = conversation.kind === "room";
  const away = isRoom ? words.awayRoom : words.away;
  const awayUntil = isRoom ? words.awayRoomUntil : words.awayUntil;
  const text = () => {
    if (account.state === "elsewhere") return words.elsewhere;
    if (account.state === "away") return account.nextTry ? awayUntil(clock(account.nextTry)) : away;
    return isRoom && !conversation.joined ? words.notJoined : "";
  };
  return <span role="status">{text()}</span>;
}
