import type { Hit } from "../api/types";

/** named is a name as it is spoken: with the rank before it. */
export const named = (h: { rank?: string; name: string }) => (h.rank ? `${h.rank} ${h.name}` : h.name);

/** isExpired: the account has ended. */
export const isExpired = (h: Pick<Hit, "expiresAt">, now = Date.now()) =>
  h.expiresAt !== null && new Date(h.expiresAt).getTime() <= now;
