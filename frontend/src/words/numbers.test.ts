import { expect, test } from "vitest";
import { bytes, span } from "./numbers";

test.each([
  [0, "0 B", "0 o"],
  [950, "950 B", "950 o"],
  [1_200_000, "1.2 MB", "1,2 Mo"],
  [45_400_000, "45 MB", "45 Mo"],
  [999_999, "1 MB", "1 Mo"],
  [3_200_000_000_000, "3,200 GB", "3\u202f200 Go"],
])("%d bytes", (n, en, fr) => {
  expect([bytes(n, "en"), bytes(n, "fr")]).toEqual([en, fr]);
});

test.each([
  [0.2, "1 s"],
  [59, "59 s"],
  [90, "2 min"],
  [7200, "2 h"],
  [200_000, "2 d"],
])("%d seconds", (n, said) => {
  expect(span(n, "en")).toBe(said);
});
