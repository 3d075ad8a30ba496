import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { PolicyUse, PolicyVersion, PolicyVersions } from "../../api/types";
import { useLanguage } from "../../words/language";

/** useVersions lists the policies that were loaded, and those in force. */
export function useVersions() {
  return useQuery({
    queryKey: ["policy", "versions"],
    queryFn: ({ signal }) => ask(api.GET("/api/policy/versions", { signal })),
  });
}

/** useDrawing draws one version. */
export function useDrawing(sha256: string) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["policy", "drawing", sha256, language],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/policy/versions/{sha256}", {
          params: { path: { sha256 }, query: { lang: language } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** useImpact says what would change if a version were put in force; it is asked for, for it looks at everything that is in use. */
export function useImpact(sha256: string, as: PolicyUse["as"], enabled: boolean) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["policy", "impact", sha256, as, language],
    enabled,
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/policy/versions/{sha256}/impact", {
          params: { path: { sha256 }, query: { lang: language, ...(as ? { as } : {}) } },
          signal,
        }),
      ),
  });
}

/** useLoad examines a policy's document, and keeps it. */
export function useLoad() {
  const client = useQueryClient();
  const lint = useMutation({ mutationFn: (spif: string) => ask(api.POST("/api/policy/lint", { body: { spif } })) });
  const load = useMutation({
    mutationFn: (spif: string) => ask(api.POST("/api/policy/versions", { body: { spif } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["policy", "versions"] }),
  });
  return { lint, load };
}

/** useAct puts a version in force, or takes one out of force that stands beside. */
export function useAct(sha256: string) {
  const client = useQueryClient();
  // The answer is what holds; the program says by itself when it works by it, and everything is read anew then.
  const onSuccess = (now: PolicyVersions | undefined) => {
    client.setQueryData(["policy", "versions"], now);
    client.removeQueries({ queryKey: ["policy", "impact"] });
  };
  const params = { params: { path: { sha256 } } };
  const use = useMutation({
    mutationFn: (body: PolicyUse) => ask(api.POST("/api/policy/versions/{sha256}/use", { ...params, body })),
    onSuccess,
  });
  const withdraw = useMutation({
    mutationFn: () => ask(api.POST("/api/policy/versions/{sha256}/withdraw", params)),
    onSuccess,
  });
  return { use, withdraw };
}

/** short is as much of a SHA-256 as tells the versions at hand apart. */
export const short = (sha256: string) => sha256.slice(0, 12);

/** isInForce: labels are judged by it. */
export const isInForce = (v: PolicyVersion) => v.standing !== "kept";
