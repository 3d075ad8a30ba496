import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { Message, RecipientStatus, Seen, SentEvidence } from "../../api/types";

/** How many messages are asked for, one after the other. */
export const limits = [100, 300, 1000] as const;

/** useMessages lists what was sent, newest first. Its key begins with "messages": a change of any of them asks it again. */
export function useMessages(limit: number) {
  return useQuery({
    queryKey: ["messages", "list", limit],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/messages", { params: { query: { limit } }, signal }))) ?? [],
    placeholderData: keepPreviousData,
  });
}

/** useEvidence gives a message with what it was cleared on. What does not match the audit log is not given. */
export function useEvidence(id: string) {
  return useQuery({
    queryKey: ["messages", "evidence", id],
    queryFn: ({ signal }) => ask(api.GET("/api/messages/{id}/evidence", { params: { path: { id } }, signal })),
  });
}

/** useRow gives what the queue says of a message, with what was reported since; also of one whose evidence cannot be had. */
export function useRow(id: string, enabled = true) {
  return useQuery({
    queryKey: ["messages", "row", id],
    enabled,
    queryFn: ({ signal }) => ask(api.GET("/api/messages/{id}", { params: { path: { id } }, signal })),
  });
}

/**
 * useDecide carries out the user's decision about a message that waits for one. Sent anew, it names what the page showed of the check:
 * a reason that is given then holds for that and nothing else (RULES 15).
 */
export function useDecide(id: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ["messages"] });
  const resend = useMutation({
    mutationFn: (seen: Record<string, Seen>) =>
      ask(api.POST("/api/messages/{id}/resend", { params: { path: { id } }, body: { seen } })),
    onSettled,
  });
  const drop = useMutation({
    mutationFn: () => ask(api.POST("/api/messages/{id}/drop", { params: { path: { id } } })),
    onSettled,
  });
  return { resend, drop };
}

/** useSave has the window ask where to keep a copy. */
export function useSave(id: string) {
  return useMutation({
    mutationFn: () => ask(api.POST("/api/shell/save", { body: { what: "message", id } })),
  });
}

/** wireOf is where a browser loads the message as it left. */
export const wireOf = (id: string) => `/api/messages/${encodeURIComponent(id)}/wire`;

/** pending counts those for whom nothing is settled yet. */
export const pending = (m: Message) =>
  m.recipients.filter((r) => r.state !== "accepted" && r.state !== "refused").length;

/** replacedBy is the id of the message as which this one was sent anew; the program notes it with the state. */
export const replacedBy = (m: Message) => /^sent anew as (\S+)$/.exec(m.note ?? "")?.[1];

/** needsDecision: nothing more happens to the message by itself, and it is not done. */
export const needsDecision = (m: Message) => m.state === "held" || m.state === "perhaps-delivered";

/** withReports adds what was reported of the recipients to a message as it was cleared, which knows nothing of it. */
export function withReports(m: Cleared, row: Message | undefined): Message {
  const known = new Map(row?.recipients.map((r) => [r.address, r.reports]));
  return { ...m, recipients: m.recipients.map((r) => ({ ...r, reports: known.get(r.address) ?? [] })) };
}

type Cleared = SentEvidence["message"];

/** lastClaim is the newest of what others reported about a recipient; the reports come oldest first. */
export const lastClaim = (r: RecipientStatus) => r.reports.at(-1);

/** hasFailed: a server took it, and the last that was reported since is that it did not arrive. */
export const hasFailed = (r: RecipientStatus) => r.state === "accepted" && lastClaim(r)?.kind === "failed";

/** deliveredAfter counts those for whom the last that was reported is that it arrived. */
export const deliveredAfter = (m: Message) =>
  m.recipients.filter((r) => ["delivered", "read", "deleted"].includes(lastClaim(r)?.kind ?? "")).length;

/** failedAfter counts those for whom it is reported that it did not arrive, though a server took it. */
export const failedAfter = (m: Message) => m.recipients.filter(hasFailed).length;
