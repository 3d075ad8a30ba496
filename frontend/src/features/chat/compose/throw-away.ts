import { api, ask } from "../../../api/client";
import type { Saver } from "../../draft/saver";
import { isOver } from "./current";

/** throwAway deletes a draft that holds nothing any more, or nothing that is not elsewhere. */
export async function throwAway(id: string, saver: Saver): Promise<void> {
  isOver(id);
  saver.hold(true);
  try {
    const version = await saver.flush(); // a save under way may make it
    saver.stop();
    if (version > 0) await ask(api.DELETE("/api/drafts/{id}", { params: { path: { id }, query: { version } } }));
  } catch {
    saver.stop(); // it stays among the drafts, where it can be seen
  }
}
