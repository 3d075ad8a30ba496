import { useCallback, useEffect, useState } from "react";
import type { ChatPresence } from "../../api/types";
import { type Watched, watched, without } from "./entered";

/** What is known of each room while the page is open: who came in while another one was looked at is told of too. */
const rooms = new Map<string, Watched>();

const none: readonly never[] = [];

/** useEntered watches who comes into a room; undefined: the user is not in it, or it is not known who is. */
export function useEntered(id: string, presence: ChatPresence | undefined) {
  const [now, setNow] = useState(() => rooms.get(id));
  const set = useCallback(
    (next: Watched | undefined) => {
      if (next) rooms.set(id, next);
      else rooms.delete(id);
      setNow(next);
    },
    [id],
  );
  useEffect(() => {
    // Who is there is known once the room names the user too: before that it is still telling.
    if (presence?.occupants.some((o) => o.mine)) set(watched(rooms.get(id), presence, new Date().toISOString()));
    else if (presence) set(undefined);
  }, [id, presence, set]);
  const putAway = useCallback(
    (key: string) => {
      const room = rooms.get(id);
      if (room) set(without(room, key));
    },
    [id, set],
  );
  return { alarms: now?.alarms ?? none, gone: now?.gone ?? none, putAway };
}

/** forgetRooms is for tests. */
export const forgetRooms = () => rooms.clear();
