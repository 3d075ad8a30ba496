import type { ChatMessage, ChatOccupant } from "../../api/types";
import type { ChatWords } from "./words";

/** senderOf is who says something: as the directory has the name, else the nick, else the address; "": the room itself. */
export function senderOf(from: ChatMessage["from"], words: ChatWords): string {
  return from.name || from.nick || from.address || words.message.room;
}

/** calledIn is somebody in a room, with the nation: that says whose directory knows who it is. */
export function calledIn(o: ChatOccupant): string {
  const name = o.name || o.nick;
  return o.nation ? `${name} (${o.nation})` : name;
}
