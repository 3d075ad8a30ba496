import { isPast } from "../../components/moment";
import { isUploading, type Upload } from "./attach/uploads";
import type { useAttachWords } from "./attach/words";
import type { LaterWords } from "./later/words";
import type { Content } from "./state";
import { written } from "./text/paragraphs";
import type { PortionWords } from "./text/words";

type Words = { attach: ReturnType<typeof useAttachWords>; portion: PortionWords; later: LaterWords };

/** partsNeed says what is missing in paragraphs, files and time before the draft can be sent; "" when nothing is. */
export function partsNeed(content: Content, uploads: readonly Upload[], now: number, words: Words): string {
  if (isUploading(uploads)) return words.attach.need;
  const { text } = content;
  if (text.is === "marked") {
    const first = written(text).find((p) => p.label === null);
    if (first) return words.portion.need(text.paragraphs.indexOf(first) + 1);
  }
  return content.sendAt && isPast(content.sendAt, now) ? words.later.isOver : "";
}
