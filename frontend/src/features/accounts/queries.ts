import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { AccountInput, DefaultLabelInput, IdentityInput } from "../../api/types";
import { useLanguage } from "../../words/language";

export function useAccounts(enabled: boolean) {
  return useQuery({
    queryKey: ["settings", "accounts"],
    enabled,
    queryFn: ({ signal }) => ask(api.GET("/api/accounts", { signal })),
  });
}

export function useIdentities(enabled: boolean) {
  return useQuery({
    queryKey: ["settings", "identities"],
    enabled,
    queryFn: ({ signal }) => ask(api.GET("/api/identities", { signal })),
  });
}

export function useDefaultLabels(enabled: boolean) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["settings", "default-labels", language],
    enabled,
    queryFn: ({ signal }) => ask(api.GET("/api/default-labels", { params: { query: { lang: language } }, signal })),
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["installation"] });
    return client.invalidateQueries({ queryKey: ["settings"] });
  };
}

/** useAccountActs carries out what can be done with an account; `name` is that of a stored one, undefined a new one's. */
export function useAccountActs(name: string | undefined) {
  const onSettled = useRefresh();
  const of = name ?? "";
  const attempt = useMutation({
    mutationFn: (account: AccountInput) =>
      ask(api.POST("/api/accounts/try", { body: { account, ...(name === undefined ? {} : { of: name }) } })),
  });
  const save = useMutation({
    mutationFn: (body: AccountInput) =>
      name === undefined
        ? ask(api.POST("/api/accounts", { body }))
        : ask(api.PUT("/api/accounts/{name}", { params: { path: { name } }, body })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: ({ unbind, revision }: { unbind: string[]; revision: string }) =>
      ask(api.DELETE("/api/accounts/{name}", { params: { path: { name: of }, query: { unbind, revision } } })),
    onSettled,
  });
  return { attempt, save, remove };
}

export function useIdentityActs(id: string | undefined) {
  const onSettled = useRefresh();
  const save = useMutation({
    mutationFn: (body: IdentityInput) =>
      id === undefined
        ? ask(api.POST("/api/identities", { body }))
        : ask(api.PUT("/api/identities/{id}", { params: { path: { id } }, body })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE("/api/identities/{id}", { params: { path: { id: id ?? "" } } })),
    onSettled,
  });
  return { save, remove };
}

export function useDefaultLabelActs() {
  const { language } = useLanguage();
  const onSettled = useRefresh();
  const save = useMutation({
    mutationFn: (body: DefaultLabelInput) =>
      ask(api.PUT("/api/default-labels", { params: { query: { lang: language } }, body })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (of: string) => ask(api.DELETE("/api/default-labels/{of}", { params: { path: { of } } })),
    onSettled,
  });
  return { save, remove };
}
