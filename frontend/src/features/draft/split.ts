import { randomName } from "../../api/changes";
import { api, ask } from "../../api/client";
import { announce } from "../../components/announce";
import { type Content, contentOf } from "./state";
import type { DraftWords } from "./words";

/**
 * startSplit makes the second draft of a split (RULES 18): for the others, without label and without text, because what is
 * in the first is exactly what they may not get. It does not name the first one's recipients.
 */
export async function startSplit(
  first: Content,
  others: string[],
  words: DraftWords,
  go: (path: string) => void,
): Promise<void> {
  const id = randomName();
  const content = contentOf({ channel: first.channel, from: first.from, action: others });
  await ask(api.PUT("/api/drafts/{id}", { params: { path: { id } }, body: { version: 0, content } }));
  announce(words.ways.splitDone(others.length), { text: words.ways.openOther, run: () => go(`/draft/${id}`) });
}
