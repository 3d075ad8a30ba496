const units = { en: ["B", "kB", "MB", "GB"], fr: ["o", "ko", "Mo", "Go"] } as const;

/** bytes says a size in units of 1000, with two digits below ten: 950 B, 1.2 MB, 45 MB. */
export function bytes(n: number, language: "en" | "fr"): string {
  let value = n;
  let i = 0;
  while (value >= 999.5 && i < units.en.length - 1) {
    value /= 1000;
    i++;
  }
  const digits = i > 0 && value < 9.95 ? 1 : 0;
  return `${value.toLocaleString(language, { maximumFractionDigits: digits })} ${units[language][i]}`;
}

/** span says how long something lasts, rounded: 40 s, 12 min, 3 h, 2 d. */
export function span(seconds: number, language: "en" | "fr"): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} ${language === "fr" ? "j" : "d"}`;
}
