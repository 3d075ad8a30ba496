import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { Reread } from "../../api/types";
import { clock } from "../../words/time";
import classes from "./book.module.css";
import { useEntryWords } from "./entry/words";
import { useBookWords } from "./words";

/** useAgain has entries read again from their directories now: one question for each nation, whatever their number. */
export function useAgain() {
  const client = useQueryClient();
  const read = useMutation({
    mutationFn: (ids: string[]) => ask(api.POST("/api/book/reread", { body: { ids } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["book"] }),
  });
  return {
    read: (ids: string[]) => read.mutate(ids),
    isBusy: read.isPending,
    error: read.error,
    answer: read.isPending ? undefined : read.data,
  };
}

const states = ["changed", "gone", "not-read", "unknown", "same"] as const;

/** Again says what the directories answered: how many changed or are gone, and whom nobody could be asked about. */
export function Again({ answer }: { answer: Reread }) {
  const { marked: words } = useBookWords();
  const { changed } = useEntryWords();
  const counts = states.map((s) => ({ state: s, n: answer.entries.filter((e) => e.state === s).length }));
  const said = counts.filter(({ n }) => n > 0).map(({ state, n }) => words.again[state](n));
  const notable = answer.entries.filter((e) => e.state !== "same");
  const faults = answer.directories.filter((d) => d.state !== "live" && d.why);
  return (
    <div className={classes.again}>
      <p role="status">
        {words.at(clock(answer.at))} {said.join(", ")}.
      </p>
      {faults.map((d) => (
        <p key={d.name} className={classes.small}>
          {d.why}
        </p>
      ))}
      {notable.length > 0 ? (
        <details>
          <summary>{words.details}</summary>
          <ul className={classes.dns}>
            {notable.map((e) => (
              <li key={e.id}>
                <strong>{e.name || e.id}</strong>{" "}
                {e.state === "changed" ? e.changes.map((c) => changed[c.field]).join(", ") : words.again[e.state](1)}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
