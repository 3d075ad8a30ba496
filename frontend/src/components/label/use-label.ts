import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { LabelSelection } from "../../api/types";
import { useLanguage } from "../../words/language";

/** useLabel asks the policy about a selection: its marking, what is wrong with it, and what may still be chosen. */
export function useLabel(selection: LabelSelection | null) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["label", selection, language],
    enabled: selection !== null,
    queryFn: ({ signal }) =>
      ask(
        api.POST("/api/label", {
          body: { selection: selection ?? { policy: "", classification: "" }, lang: language },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}
