import { randomName } from "../api/changes";
import { api, ask } from "../api/client";
import type { DraftContent } from "../api/types";

/** beginDraft stores a draft that begins with some content, and gives the address of its page. */
export async function beginDraft(content: DraftContent): Promise<string> {
  const id = randomName();
  await ask(api.PUT("/api/drafts/{id}", { params: { path: { id } }, body: { version: 0, content } }));
  return `/draft/${id}`;
}
