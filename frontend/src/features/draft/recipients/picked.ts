import { api, ask } from "../../../api/client";

/** picked tells the book that somebody was chosen: he comes first next time. That it cannot be told is no fault of the draft. */
export function picked(id: string): void {
  ask(api.POST("/api/book/used", { body: { ids: [id] } })).catch(() => undefined);
}
