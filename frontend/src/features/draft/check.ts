import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, ask } from "../../api/client";
import { type Problem, problemOf, type Report } from "../../api/problem";
import { type Language, useLanguage } from "../../words/language";
import { type Content, recipientsOf } from "./state";

/** What is known about who may get the draft. `report` in `checking` and `failed` is of an earlier state of the draft. */
export type Check =
  | { is: "nobody" }
  | { is: "no-label" }
  | { is: "checking"; report?: Report }
  | { is: "failed"; problem: Problem; report?: Report; retry: () => void }
  | { is: "done"; report: Report };

const pause = 120; // of typing or clicking, in ms, before the check is asked
const refresh = 5 * 60_000;

/** question is what the verdicts depend on: the text is not part of it, so typing it costs nothing. */
function question(c: Content, language: Language) {
  return {
    language,
    draft: { channel: c.channel, from: c.from, action: c.action, info: c.info, body: "", label: c.label ?? "" },
  };
}

/** useCheck follows every change of recipients, label and sender. */
export function useCheck(content: Content): Check {
  const { language } = useLanguage();
  const { channel, from, action, info, label } = content;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is left out on purpose
  const now = useMemo(() => question(content, language), [channel, from, action, info, label, language]);
  const [asked] = useDebouncedValue(now, pause, { leading: true });
  const somebody = recipientsOf(content).length > 0;
  const answer = useQuery({
    queryKey: ["check", asked],
    enabled:
      somebody && label !== null && asked.draft.label !== "" && asked.draft.action.length + asked.draft.info.length > 0,
    queryFn: ({ signal }) =>
      ask(api.POST("/api/check", { params: { query: { lang: asked.language } }, body: asked.draft, signal })),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 30_000,
    refetchInterval: refresh,
  });
  return useMemo(() => {
    if (!somebody) return { is: "nobody" };
    if (!label) return { is: "no-label" };
    const report = answer.data;
    if (answer.isError && asked === now) {
      return {
        is: "failed",
        problem: problemOf(answer.error),
        retry: () => void answer.refetch(),
        ...(report ? { report } : {}),
      };
    }
    if (!report || asked !== now || answer.isPlaceholderData) return { is: "checking", ...(report ? { report } : {}) };
    return { is: "done", report };
  }, [somebody, label, answer, asked, now]);
}
