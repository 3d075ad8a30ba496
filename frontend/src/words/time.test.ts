import { afterEach, describe, expect, test, vi } from "vitest";
import { en } from "./en";
import { fr } from "./fr";
import { age, clock, dtg, longDate, longTime } from "./time";

afterEach(() => {
  vi.unstubAllEnvs();
});

const moment = "2026-11-21T14:05:59Z";

describe.each(["UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu"])("on a machine in %s", (zone) => {
  test("times are UTC", () => {
    vi.stubEnv("TZ", zone);
    if (zone !== "UTC") expect(new Date(moment).getTimezoneOffset()).not.toBe(0); // the machine does stand there
    expect(longTime(moment, "en")).toBe("21 Nov 2026, 14:05Z");
    expect(longTime(moment, "fr")).toBe("21 nov. 2026, 14:05Z");
    expect(clock(moment)).toBe("14:05Z");
    expect(dtg(moment)).toBe("211405ZNOV26");
    expect(longDate("2027-01-01", "en")).toBe("1 Jan 2027");
    expect(longTime("2026-12-31T23:59:59.999Z", "en")).toBe("31 Dec 2026, 23:59Z");
    expect(dtg("2027-01-01T00:00:00Z")).toBe("010000ZJAN27");
  });
});

test("a time with another offset is told in UTC", () => {
  expect(longTime("2026-11-22T00:05:00+10:00", "en")).toBe("21 Nov 2026, 14:05Z");
  expect(dtg(new Date("2026-11-22T00:05:00+10:00"))).toBe("211405ZNOV26");
});

test("each month has its name, in English always three letters", () => {
  const days = Array.from({ length: 12 }, (_, i) => new Date(Date.UTC(2026, i, 5, 3, 4)));
  expect(days.map((d) => longDate(d, "en"))).toEqual([
    "5 Jan 2026",
    "5 Feb 2026",
    "5 Mar 2026",
    "5 Apr 2026",
    "5 May 2026",
    "5 Jun 2026",
    "5 Jul 2026",
    "5 Aug 2026",
    "5 Sep 2026",
    "5 Oct 2026",
    "5 Nov 2026",
    "5 Dec 2026",
  ]);
  for (const d of days) expect(dtg(d)).toMatch(/^050304Z[A-Z]{3}26$/);
  expect(new Set(days.map((d) => longDate(d, "fr"))).size).toBe(12);
  expect(longDate("2028-02-29", "fr")).toBe("29 févr. 2028");
});

test("the date-time group has two digits of each, of the year too", () => {
  expect(dtg("2003-01-02T03:04:05Z")).toBe("020304ZJAN03");
  expect(dtg("2100-01-02T03:04:05Z")).toBe("020304ZJAN00");
});

describe("age is rounded down", () => {
  const s = 1;
  const min = 60 * s;
  const h = 60 * min;
  const day = 24 * h;
  test.each([
    [0, "just now", "à l’instant"],
    [4.999, "just now", "à l’instant"],
    [5 * s, "5 s ago", "il y a 5 s"],
    [59.999, "59 s ago", "il y a 59 s"],
    [min, "1 min ago", "il y a 1 min"],
    [2 * min - s, "1 min ago", "il y a 1 min"],
    [h - s, "59 min ago", "il y a 59 min"],
    [h, "1 h ago", "il y a 1 h"],
    [3 * h + 59 * min, "3 h ago", "il y a 3 h"],
    [2 * day - s, "47 h ago", "il y a 47 h"],
    [2 * day, "2 days ago", "il y a 2 jours"],
    [400 * day, "400 days ago", "il y a 400 jours"],
    [-90, "just now", "à l’instant"], // the other machine's clock may be ahead
  ])("%d s: %s", (seconds, english, french) => {
    const now = Date.parse(moment);
    const then = new Date(now - seconds * 1000);
    expect(age(then, en, now)).toBe(english);
    expect(age(then.toISOString(), fr, now)).toBe(french);
  });

  test("and counts from now", () => {
    expect(age(new Date(Date.now() - 3 * h * 1000 - 500), en)).toBe("3 h ago");
  });
});
