import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, ask } from "../../api/client";
import { type Problem, problemOf, type Report } from "../../api/problem";
import type { Draft } from "../../api/types";
import { type Language, useLanguage } from "../../words/language";
import { unaskedOf } from "./check/unasked";
import { type Content, recipientsOf } from "./state";
import { messageText } from "./text/paragraphs";

/** What is known about who may get the draft. `report` in `checking` and `failed` is of an earlier state of the draft. */
export type Check =
  | { is: "nobody" }
  | { is: "no-label" }
  | { is: "checking"; report?: Report }
  | { is: "failed"; problem: Problem; report?: Report; retry: () => void }
  | { is: "done"; report: Report };

const pause = 120; // of typing or clicking, in ms, before the check is asked
const refresh = 5 * 60_000;
// In ms, until servers that could not be asked are asked again, so that half an answer does not stand for minutes; each further time twice
// as long, so that those that are down are not asked for ever.
const unheard = 4000;
const unheardTimes = 4;

type Question = { language: Language; draft: Draft };

/**
 * useQuestion is what the verdicts depend on, as one text: the same text is the same question, however the draft came to it. What
 * is written is not part of it, so typing costs nothing: of paragraphs only the labels count, of the reference that there is one.
 */
function useQuestion(content: Content, language: Language): string {
  const { channel, from, account, action, info, exempted, label, inherited, attachments, sendAt } = content;
  const { primaryPrecedence, copyPrecedence, messageType, sic, handling, originatorReference } = content;
  const { catalogueItem, replaces } = content;
  // A paragraph that is not marked yet stands under the label of the message; sending waits for its mark.
  const parts = JSON.stringify(
    messageText(content.text).parts.map((p) => ({ text: "", label: p.label || (label ?? "") })),
  );
  const hasReference = Boolean(originatorReference);
  return useMemo(() => {
    const draft = {
      ...{ channel, from, account, action, info, exempted, inherited, attachments, sendAt },
      ...{ primaryPrecedence, copyPrecedence, messageType, sic, handling },
      ...{ catalogueItem, replaces },
      ...(hasReference ? { originatorReference: "-" } : {}),
      ...(parts === "[]" ? {} : { parts: JSON.parse(parts) }),
      body: "",
      label: label ?? "",
    };
    return JSON.stringify({ language, draft } satisfies { language: Language; draft: object });
  }, [
    channel,
    from,
    account,
    action,
    info,
    exempted,
    inherited,
    attachments,
    sendAt,
    label,
    parts,
    language,
    primaryPrecedence,
    copyPrecedence,
    messageType,
    sic,
    handling,
    hasReference,
    catalogueItem,
    replaces,
  ]);
}

/**
 * useCheck follows every change of recipients, label and sender. One question is under way at a time: a newer one ends it. What
 * was answered is asked again only when a directory was read anew, or after some minutes.
 */
export function useCheck(content: Content): Check {
  const { language } = useLanguage();
  const now = useQuestion(content, language);
  const [asked] = useDebouncedValue(now, pause, { leading: true });
  const somebody = recipientsOf(content).length > 0;
  const { label } = content;
  const isWhole = useMemo(() => isQuestion(asked), [asked]);
  const answer = useQuery({
    queryKey: ["check", asked],
    enabled: somebody && label !== null && isWhole,
    queryFn: ({ signal }) => {
      const { language: lang, draft } = JSON.parse(asked) as Question;
      return ask(api.POST("/api/check", { params: { query: { lang } }, body: draft, signal }));
    },
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    refetchInterval: ({ state: { data, dataUpdateCount: times } }) =>
      data && unaskedOf(data).servers.length > 0 ? unheard * 2 ** Math.min(times - 1, unheardTimes) : refresh,
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

/** isQuestion: there is a label and somebody to check; both change a moment before what is asked does. */
function isQuestion(text: string): boolean {
  const { draft } = JSON.parse(text) as Question;
  return draft.label !== "" && draft.action.length + (draft.info?.length ?? 0) > 0;
}
