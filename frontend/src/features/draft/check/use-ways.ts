import { type Dispatch, useCallback, useEffect, useRef, useState } from "react";
import type { Fix } from "../../../api/types";
import { announce } from "../../../components/announce";
import { fold } from "../addresses";
import type { Known } from "../names";
import { type Lists, replaced, restored, without } from "../recipients/lists";
import { noPreview, type Preview } from "../recipients/moving";
import { shortNames } from "../shape";
import { startSplit } from "../split";
import type { Action, Content } from "../state";
import type { DraftWords } from "../words";
import { useCheckWords } from "./words";

type Given = {
  content: Content;
  dispatch: Dispatch<Action>;
  nameOf: (address: string) => Known | undefined;
  words: DraftWords;
  go: (path: string) => void;
};

/**
 * How a way forward changes the recipients: it takes some out, or puts another in the place of each. The program says what comes
 * of it (presend.Apply); backend/presend/testdata/apply.json holds both to the same.
 */
export function recipientsAfter(now: Lists, f: Fix): Lists {
  if (!isReplacing(f)) return without(now, f.addresses);
  return replaced(without(now, f.removes ?? []), f.replaces ?? [], f.addresses);
}

/** taking is the change of the draft that takes a way forward; of a split, the first draft names the others nowhere. */
export function taking(f: Fix): Action {
  return {
    type: "recipients",
    change: (now) => recipientsAfter(now, f),
    ...(f.kind === "split" ? { named: f.addresses } : {}),
  };
}

const isReplacing = (f: Fix) => f.kind === "other-address" || f.kind === "role";

/** previewOf is what a way forward would do to the chips. */
function previewOf(f: Fix | undefined): Preview {
  if (!f) return noPreview;
  if (!isReplacing(f)) return { leaving: new Set(f.addresses.map(fold)), coming: new Map() };
  const old = f.replaces ?? [];
  return {
    leaving: new Set([...old, ...(f.removes ?? [])].map(fold)),
    coming: new Map(old.flatMap((a, i) => (f.addresses[i] ? [[fold(a), f.addresses[i]] as const] : []))),
  };
}

/** useWays shows in the draft what a way forward would do, and does it: one change, which one undo takes back. */
export function useWays(given: Given) {
  const own = useCheckWords();
  const [preview, setPreview] = useState(noPreview);
  const latest = useRef(given);
  useEffect(() => {
    latest.current = given;
  });
  const show = useCallback((f: Fix | undefined) => setPreview(previewOf(f)), []);
  const apply = useCallback(
    (f: Fix) => {
      setPreview(noPreview);
      const { content, dispatch, nameOf, words, go } = latest.current;
      const change = () => {
        dispatch(taking(f));
        document.querySelector<HTMLElement>("[data-send]")?.focus();
      };
      if (f.kind === "split") {
        // Nobody is taken out of this draft before the other one is there.
        startSplit(content, f, words, go).then(change, () => announce(words.ways.splitFailed));
        return;
      }
      const before: Lists = { action: content.action, info: content.info };
      const after = recipientsAfter(before, f);
      change();
      const names = (list: string[]) =>
        shortNames(
          list.map((a) => nameOf(a)?.name || a),
          words.ways.more,
        );
      const text = isReplacing(f)
        ? own.ways.replaced(names(f.replaces ?? []), names(f.addresses))
        : words.ways.applied(names(f.addresses));
      announce(text, {
        text: words.ways.undo,
        isHere: true,
        run: () => dispatch({ type: "recipients", change: (now) => restored(now, before, after) }),
      });
    },
    [own],
  );
  return { preview, show, apply };
}
