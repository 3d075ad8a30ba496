import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLanguage } from "../words/language";
import { api, ask } from "./client";
import type { Role } from "./types";

/** Questions that more than one feature asks. Those of one feature lie in its folder. */

export function useInstallation() {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["installation", language],
    queryFn: ({ signal }) => ask(api.GET("/api/installation", { params: { query: { lang: language } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** useRoles is what the user may do (RULES 19); nothing until that is known. */
export function useRoles(): Role[] {
  return useInstallation().data?.roles ?? [];
}

export function useDirectories() {
  return useQuery({
    queryKey: ["directories"],
    queryFn: ({ signal }) => ask(api.GET("/api/directories", { signal })),
    // Ages are shown; a read that is going on is followed.
    refetchInterval: (q) => (q.state.data?.some((d) => d.running !== null) ? 1000 : 60_000),
  });
}

export function usePolicies() {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["policies", language],
    queryFn: ({ signal }) => ask(api.GET("/api/policies", { params: { query: { lang: language } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

/** useShell tells whether the page is shown by the desktop window. */
export function useShell() {
  return useQuery({
    queryKey: ["shell"],
    queryFn: ({ signal }) => ask(api.GET("/api/shell", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
