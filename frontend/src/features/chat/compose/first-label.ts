import { useMemo } from "react";
import type { ChatCatalogue, ChatConversation, ChatDetail, ChatItem, LabelSelection } from "../../../api/types";
import { sameLabel } from "../../draft/text/paragraphs";
import { useCatalogue, useSent } from "./queries";

/** isChoice: it can be shown in the picker; a label in XML cannot. */
export const isChoice = (l: unknown): l is LabelSelection => typeof l === "object" && l !== null;

/** itemIn finds a label in a catalogue, as the server writes it; undefined: it is not there. */
export function itemIn(all: ChatCatalogue | undefined, label: LabelSelection): string | undefined {
  return all?.items.find((i) => isChoice(i.choice) && sameLabel(i.choice, label))?.xml;
}

/** lastSaid is the id in the outbox of the user's last message here; undefined: none was sent from this program. */
export function lastSaid(detail: ChatDetail): string | undefined {
  return detail.messages.findLast((m) => m.mine && m.kind === "message" && m.message)?.message;
}

type Sources = {
  /** The label of the user's last message here; undefined: it is being read; null: there is none. */
  own: LabelSelection | null | undefined;
  /** What the server offers; undefined: it is being asked. */
  catalogue: ChatCatalogue | null | undefined;
  /** The room's default label. */
  room: LabelSelection | null;
};

/**
 * firstLabel is the label that a new message begins with: that of the user's last one here, else the catalogue's default, else the
 * room's, else none (null), and the user chooses. undefined: it is not known yet.
 */
export function firstLabel({ own, catalogue, room }: Sources): LabelSelection | null | undefined {
  if (own !== null) return own;
  if (catalogue === undefined) return undefined;
  const usual = catalogue?.items.find((i: ChatItem) => i.default && i.usable && isChoice(i.choice))?.choice;
  return isChoice(usual) ? usual : room;
}

/** useFirstLabel finds the label that a new message of a conversation begins with, and what the server offers there. */
export function useFirstLabel(conversation: ChatConversation, detail: ChatDetail, isWanted: boolean) {
  const offered = useCatalogue(conversation.id);
  const said = lastSaid(detail);
  const sent = useSent(isWanted ? said : undefined);
  const catalogue = offered.data ?? (offered.isError ? null : undefined);
  const isRead = said === undefined || sent.isError || sent.data !== undefined;
  const own = isRead ? (isChoice(sent.data?.label) ? sent.data.label : null) : undefined;
  const room = isChoice(conversation.choice) ? conversation.choice : null;
  const first = useMemo(() => firstLabel({ own, catalogue, room }), [own, catalogue, room]);
  return { first: isWanted ? first : null, catalogue: catalogue ?? undefined, isUnasked: offered.isError };
}
