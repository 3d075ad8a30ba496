import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { Rule, RuleChange, Rules, Threshold } from "../../api/types";

/** What is asked for anew whenever the installation file changes. */
const key = ["installation", "rules"];

export function useRules() {
  return useQuery({ queryKey: key, queryFn: ({ signal }) => ask(api.GET("/api/rules", { signal })) });
}

/** useTrials asks what rules in trial recorded, of those who may see it. */
export function useTrials(mayAsk: boolean) {
  return useQuery({
    queryKey: ["rules", "trials"],
    enabled: mayAsk,
    queryFn: ({ signal }) => ask(api.GET("/api/rules/trials", { signal })),
  });
}

/** useEffectOf asks what a change would have made of the last 30 days; undefined: there is none yet. */
export function useEffectOf(change: RuleChange | undefined) {
  return useQuery({
    queryKey: ["rules", "effect", change],
    enabled: change !== undefined,
    queryFn: ({ signal }) => ask(api.POST("/api/rules/effect", { body: change as RuleChange, signal })),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
}

export function useChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: RuleChange) => ask(api.POST("/api/rules/change", { body: change })),
    onSuccess: (rules: Rules) => queries.setQueryData(key, rules),
  });
}

export type State = "on" | "off" | "trial" | "later" | "ended";

/** stateOf tells whether a rule or threshold counts, and if not, why. */
export function stateOf(r: Rule | Threshold, sets: Rules["sets"], now = Date.now()): State {
  if (r.until && Date.parse(r.until) <= now) return "ended";
  if (r.set && !sets.some((s) => s.name === r.set && s.active)) return "off";
  if (r.from && Date.parse(r.from) > now) return "later";
  return "trial" in r && r.trial ? "trial" : "on";
}
