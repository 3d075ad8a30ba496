import type { Words } from "./en";

const months = {
  en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  fr: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
} as const;

const two = (n: number) => String(n).padStart(2, "0");

/** longTime is a moment without doubt: 21 Nov 2026, 14:05Z. */
export function longTime(at: string | Date, language: "en" | "fr"): string {
  const d = new Date(at);
  return `${d.getUTCDate()} ${months[language][d.getUTCMonth()]} ${d.getUTCFullYear()}, ${clock(d)}`;
}

/** longDate is a day without doubt: 21 Nov 2026. */
export function longDate(day: string | Date, language: "en" | "fr"): string {
  return longTime(day, language).split(",")[0] ?? "";
}

/** clock is the time of the day alone: 14:05Z. */
export function clock(at: string | Date): string {
  const d = new Date(at);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}Z`;
}

/** dtg is the military date-time group: 211405ZNOV26. */
export function dtg(at: string | Date): string {
  const d = new Date(at);
  const month = months.en[d.getUTCMonth()]?.toUpperCase() ?? "";
  return `${two(d.getUTCDate())}${two(d.getUTCHours())}${two(d.getUTCMinutes())}Z${month}${two(d.getUTCFullYear() % 100)}`;
}

/** age says how long ago something was, rounded down. */
export function age(at: string | Date, words: Words, now = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - new Date(at).getTime()) / 1000));
  if (seconds < 5) return words.time.justNow;
  if (seconds < 60) return words.time.seconds(seconds);
  if (seconds < 3600) return words.time.minutes(Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return words.time.hours(Math.floor(seconds / 3600));
  return words.time.days(Math.floor(seconds / 86400));
}
