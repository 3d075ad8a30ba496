/** A day and a time of day as they are typed, in UTC. */
export type Typed = { day: string; time: string };

const minute = 60_000;

/** momentOf reads what was typed as RFC 3339 in UTC; undefined: it is no moment. "1405", "14:05" and "14:05Z" are the same. */
export function momentOf({ day, time }: Typed): string | undefined {
  const t = /^(\d\d):?(\d\d)Z?$/i.exec(time.trim());
  const d = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day.trim());
  if (!t || !d) return undefined;
  const text = `${d[0]}T${t[1]}:${t[2]}:00Z`;
  const at = new Date(text);
  // Date takes 31 April for 1 May: what it made must be what was typed.
  return Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text.slice(0, 16)) ? undefined : text;
}

/** typedOf is a moment as it would be typed. */
export function typedOf(at: string | Date): Typed {
  const text = new Date(at).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 16) };
}

/** soon is the full hour after the next. */
export function soon(now: number): Typed {
  const hour = 60 * minute;
  return typedOf(new Date((Math.floor(now / hour) + 2) * hour));
}

/** isPast: the moment is gone, or so near that nothing would wait for it. */
export function isPast(at: string, now: number): boolean {
  return new Date(at).getTime() <= now;
}

/** momentIn reads a moment that was typed into one field, "2026-11-21 14:05" in UTC; undefined: it is none. */
export function momentIn(text: string): string | undefined {
  const [day = "", time = "", more] = text.trim().split(/[T\s]+/i);
  return more === undefined ? momentOf({ day, time }) : undefined;
}

/** dayIn reads a day that was typed, "2026-11-21"; undefined: it is none. */
export const dayIn = (text: string): string | undefined => momentOf({ day: text, time: "00:00" })?.slice(0, 10);
