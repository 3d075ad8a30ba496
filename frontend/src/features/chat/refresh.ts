import type { QueryClient } from "@tanstack/react-query";
import { follower } from "../../api/changes";
import type { Change } from "../../api/types";
import { Pace } from "./pace";

/** Beginnings of the keys of what is asked about chat; language and so on stand behind them. */
export const chatKeys = {
  list: ["chat", "list"],
  services: ["chat", "services"],
  conversation: (id: string) => ["chat", "conversation", id],
  occupants: (id: string) => ["chat", "occupants", id],
} as const;

/** asksOf tells what a change makes worth asking again. */
export function asksOf(c: Change): readonly (readonly string[])[] {
  switch (c.kind) {
    case "chat":
      // Of an account: whatever is shown may look different without a connection.
      return c.id === "" ? [chatKeys.list, chatKeys.services] : [chatKeys.list, chatKeys.conversation(c.id)];
    case "room":
      return [chatKeys.list, chatKeys.occupants(c.id)];
    case "message":
      return [["chat", "conversation"]]; // what became of it stands in its conversation
    case "draft":
      return [chatKeys.list, ["chat", "occupants"]]; // which draft goes where, and by which label people are judged
    case "book":
      return [["chat", "occupants"]];
    default:
      return [];
  }
}

/** refreshChat asks again what changes made old, each kind of question at its own pace. */
export function refreshChat(client: QueryClient): () => void {
  const paces = new Map<string, Pace>();
  return follower.subscribe((changes, reset) => {
    if (reset) return; // everything is asked again
    for (const key of changes.flatMap(asksOf)) {
      const name = key.join(" ");
      const pace =
        paces.get(name) ?? new Pace(() => client.invalidateQueries({ queryKey: key }, { cancelRefetch: false }));
      paces.set(name, pace);
      pace.ask();
    }
  });
}
