import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { LabelSelection } from "../../api/types";

/** useLabelledDrafts lists the drafts that have a label. */
export function useLabelledDrafts(enabled: boolean) {
  return useQuery({
    queryKey: ["drafts"],
    enabled,
    queryFn: ({ signal }) => ask(api.GET("/api/drafts", { signal })),
    select: (all) => all.filter((d) => d.marking !== ""),
    staleTime: 0,
  });
}

/** labelOfDraft reads the label of a draft; null: it has none that the page can show. */
export async function labelOfDraft(id: string): Promise<LabelSelection | null> {
  const draft = await ask(api.GET("/api/drafts/{id}", { params: { path: { id } } }));
  const label = draft.content.label;
  return label && typeof label === "object" ? label : null;
}
