import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../../api/client";
import type { components } from "../../../api/schema";

/** A group opened one level. */
export type Expanded = components["schemas"]["Expanded"];

/** useExpanded opens a group of the draft: who is in it, as its directory publishes it. */
export function useExpanded(address: string, channel: "mail" | "chat") {
  return useQuery({
    queryKey: ["book", "expand", channel, address],
    queryFn: ({ signal }) => ask(api.POST("/api/book/expand", { body: { address, channel }, signal })),
  });
}
