import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { api, ask } from "../../../api/client";
import type { LabelSelection, ReceiveCounts } from "../../../api/types";
import { useSaveFile } from "../../../components/save-file";

export type Channel = "mail" | "chat";

/** What is asked: who may receive a label on a channel; with a nation, also by its units. */
export type Question = { label: LabelSelection; channel: Channel; nation: string };

const bodyOf = ({ label, channel, nation }: Question) => ({ label, channel, ...(nation ? { nation } : {}) });

/** useReceive counts who may receive a label. It is asked again when the book changes. */
export function useReceive(question: Question | undefined) {
  return useQuery({
    queryKey: ["book", "receive", question],
    enabled: question !== undefined,
    queryFn: ({ signal }) =>
      question ? ask(api.POST("/api/book/receive", { body: bodyOf(question), signal })) : Promise.reject(),
    placeholderData: (before, last) =>
      // Of the same label: the nations stay while the units of one are counted.
      JSON.stringify((last?.queryKey[2] as Question | undefined)?.label) === JSON.stringify(question?.label)
        ? keepPreviousData(before)
        : undefined,
  });
}

/** useWhy asks of one entry, or address, why it may receive a label or not. */
export function useWhy() {
  return useMutation({
    mutationFn: ({ label, channel, id }: { label: LabelSelection; channel: Channel; id: string }) =>
      ask(api.POST("/api/book/receive/why", { body: { label, channel, id } })),
  });
}

/** useExport keeps the counts as a file; for administrators and auditors only. */
export function useExport() {
  const file = useSaveFile();
  return {
    ...file,
    save: (question: Question, saved: (path: string) => void) =>
      file.save(
        {
          window: { what: "receive", receive: bodyOf(question) },
          load: () =>
            ask(api.POST("/api/book/receive/export", { body: bodyOf(question), parseAs: "text" })) as Promise<string>,
          name: "who-may-receive.csv",
          type: "text/csv",
        },
        { onSuccess: saved },
      ),
  };
}

/** Parts into which people fall, from those who may to those who may not. */
export const parts = ["may", "stale", "noRoute", "unknown", "error", "withdrawn", "notCleared"] as const;

export type Part = (typeof parts)[number];

/**
 * partsOf splits the people of a count so that each stands in one part: of those whose clearance permits it, who has no route is
 * counted there, and who was read too long ago as stale; whose clearance is gone is not among the others who may not.
 */
export function partsOf(c: ReceiveCounts): Record<Part, number> {
  const stale = Math.max(0, c.cleared + c.stale - c.noRoute - c.may);
  const { may, noRoute, unknown, error, withdrawn } = c;
  return { may, stale, noRoute, unknown, error, withdrawn, notCleared: c.notCleared - withdrawn };
}
