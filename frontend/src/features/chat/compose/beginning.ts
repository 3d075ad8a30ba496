import type { ChatAccount, ChatConversation } from "../../../api/types";
import { type Content, contentOf } from "../../draft/state";

/** beginningFor is what a message to a conversation holds before anything is written. */
export function beginningFor({ address }: ChatConversation, account: ChatAccount, first: Partial<Content>): Content {
  return { ...contentOf({ channel: "chat", account: account.name, from: account.jid, action: [address] }), ...first };
}
