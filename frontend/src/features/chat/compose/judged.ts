import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Writing } from "../../draft/writing";
import { useShared } from "./board";

/** useJudged has the occupants judged by the label of the draft, as it is stored; "" while it has none. */
export function useJudged(conversation: string, { id, saver, saved }: Writing): void {
  const { onJudged } = useShared();
  const queries = useQueryClient();
  const label = saver.stored()?.label;
  const judged = label ? JSON.stringify(label) : "";
  const isSaved = saved.is === "saved";
  useEffect(() => {
    if (!isSaved) return;
    onJudged(judged ? id : "");
    if (judged) void queries.invalidateQueries({ queryKey: ["chat", "occupants", conversation] });
  }, [isSaved, judged, id, conversation, onJudged, queries]);
  useEffect(() => () => onJudged(""), [onJudged]);
}
