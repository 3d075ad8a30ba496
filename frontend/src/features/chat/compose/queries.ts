import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../../api/client";
import type { ChatAccount } from "../../../api/types";
import { useLanguage } from "../../../words/language";

/** useAccount gives the user's account by its name, and how it stands with it. */
export function useAccount(name: string): ChatAccount | undefined {
  const { language } = useLanguage();
  const chat = useQuery({
    queryKey: ["chat", "list", language],
    queryFn: ({ signal }) => ask(api.GET("/api/chat", { params: { query: { lang: language } }, signal })),
  });
  return chat.data?.accounts.find((a) => a.name === name);
}

const fresh = 5 * 60_000;

/** useCatalogue gives the labels that the server offers for messages of a conversation. It is asked over the network. */
export function useCatalogue(id: string) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["chat", "catalogue", id, language],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/chat/{id}/catalogue", { params: { path: { id }, query: { lang: language } }, signal })),
    staleTime: fresh,
  });
}

/** readSent gives what was sent under an id, as it was cleared. */
export async function readSent(message: string, signal?: AbortSignal) {
  const found = await ask(
    api.GET("/api/messages/{id}/evidence", { params: { path: { id: message } }, ...(signal ? { signal } : {}) }),
  );
  return found.draft;
}

/** useSent gives what was sent under an id; undefined: nothing is asked. It does not change any more. */
export function useSent(message: string | undefined) {
  return useQuery({
    queryKey: ["chat", "said", message],
    enabled: message !== undefined,
    queryFn: ({ signal }) => readSent(message ?? "", signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
