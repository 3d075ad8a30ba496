import { randomName } from "../../api/changes";
import { api, ask } from "../../api/client";
import type { Fix } from "../../api/types";
import { announce } from "../../components/announce";
import { fold } from "./addresses";
import { type Content, contentOf, messageOf, storedOf } from "./state";
import type { DraftWords } from "./words";

/**
 * secondOf is the second draft of a split (RULES 18), as the program makes it (presend.Second): for the others, each in the field
 * where he stands, without label; of what is in the first it has only the paragraphs and attachments whose own label they all may
 * get. It does not name the first one's recipients.
 */
export function secondOf(first: Content, f: Fix): Content {
  const others = new Set(f.addresses.map(fold));
  const theirs = (list: string[]) => list.filter((a) => others.has(fold(a)));
  const named = new Set([...first.action, ...first.info].map(fold));
  const exempted = first.exempted?.filter((a) => !named.has(fold(a))) ?? [];
  const parts = messageOf(first).parts.filter((p, i) => p.label && f.parts?.includes(i)); // as the check counts them
  const attachments = first.attachments.filter((a, i) => a.label && f.attachments?.includes(i));
  return contentOf({
    channel: first.channel,
    ...(first.from ? { from: first.from } : {}),
    ...(first.account ? { account: first.account } : {}),
    action: theirs(first.action),
    info: theirs(first.info),
    ...(exempted.length > 0 ? { exempted } : {}),
    ...(parts.length > 0 ? { parts } : {}),
    ...(attachments.length > 0 ? { attachments } : {}),
  });
}

/** startSplit stores the second draft, and offers to open it. */
export async function startSplit(first: Content, f: Fix, words: DraftWords, go: (path: string) => void): Promise<void> {
  const id = randomName();
  await ask(
    api.PUT("/api/drafts/{id}", {
      params: { path: { id } },
      body: { version: 0, content: storedOf(secondOf(first, f)) },
    }),
  );
  announce(words.ways.splitDone(f.addresses.length), { text: words.ways.openOther, run: () => go(`/draft/${id}`) });
}
