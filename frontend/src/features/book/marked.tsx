import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import { useLocation } from "wouter";
import type { Hit } from "../../api/types";
import { useCopy } from "../../components/copy";
import { newDraftPath } from "../../components/new-draft";
import { ProblemState } from "../../components/state";
import type { Marks } from "../../components/table-marks";
import { useMarks } from "../../components/use-marks";
import { Again, useAgain } from "./again";
import classes from "./book.module.css";
import { GroupMenu } from "./own/menu";
import { useVCards } from "./vcard";
import { useBookWords } from "./words";

/** useMarked keeps which entries are marked, also those that another search no longer shows. */
export function useMarked(hits: readonly Hit[]): { marks: Marks; marked: Hit[] } {
  const all = useMemo(() => hits.map((h) => h.id), [hits]);
  const marks = useMarks(all);
  const met = useRef(new Map<string, Hit>());
  useEffect(() => {
    for (const h of hits) met.current.set(h.id, h);
  }, [hits]);
  const shown = new Map(hits.map((h) => [h.id, h]));
  const marked = [...marks.ids].flatMap((id) => shown.get(id) ?? met.current.get(id) ?? []);
  return { marks, marked };
}

/** writeTo is the address of a new draft to somebody, or to several. */
export function writeTo(addresses: readonly string[]): string {
  const to = [...new Set(addresses.filter((a) => a !== ""))];
  return `${newDraftPath()}?${to.map((a) => `to=${encodeURIComponent(a)}`).join("&")}`;
}

/** MarkedBar is what can be done with the marked entries; it is there when some are. */
export function MarkedBar({ marked, marks }: { marked: readonly Hit[]; marks: Marks }) {
  const { marked: words } = useBookWords();
  const [, go] = useLocation();
  const { copied, copy } = useCopy();
  const cards = useVCards();
  const again = useAgain();
  if (marked.length === 0) return null;
  const addressed = marked.filter((h) => h.address !== "");
  const addresses = addressed.map((h) => h.address);
  return (
    <div className={classes.marked} role="group" aria-label={words.count(marked.length)}>
      <strong>{words.count(marked.length)}</strong>
      <Button size="xs" disabled={addressed.length === 0} onClick={() => go(writeTo(addresses))}>
        {words.write(addressed.length)}
      </Button>
      <GroupMenu members={addressed} />
      <Button size="xs" variant="default" disabled={cards.isBusy} onClick={() => cards.save(marked.map((h) => h.id))}>
        {words.vcards(marked.length)}
      </Button>
      <Button size="xs" variant="default" disabled={again.isBusy} onClick={() => again.read(marked.map((h) => h.id))}>
        {again.isBusy ? words.readingAgain : words.readAgain}
      </Button>
      <Button size="xs" variant="default" onClick={() => copy(addresses.join(", "))}>
        {copied ? words.copied : words.copy}
      </Button>
      <Button size="xs" variant="subtle" onClick={() => marks.set([])}>
        {words.none}
      </Button>
      {cards.error ? <ProblemState error={cards.error} inline /> : null}
      {again.error ? <ProblemState error={again.error} inline /> : null}
      {again.answer ? <Again answer={again.answer} /> : null}
    </div>
  );
}
