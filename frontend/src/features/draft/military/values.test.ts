import { expect, test } from "vitest";
import { listOf, messageTypeOf, militaryKey, typeOf } from "./values";

test("a list is cut at commas, semicolons and line ends", () => {
  expect(listOf("ABC, DEF;GHI\nJKL,,")).toEqual(["ABC", "DEF", "GHI", "JKL"]);
  expect(listOf(" , ")).toBeUndefined();
});

test.each([
  ["exercise", "exercise", ""],
  ['operation; identifier="NORTHERN LIGHT"', "operation", "NORTHERN LIGHT"],
  ['OPERATION ;IDENTIFIER = "X"', "OPERATION", "X"],
  ["130", "130", ""],
  ["", "", ""],
])("the message type %s", (text, kind, identifier) => {
  expect(typeOf(text)).toEqual({ kind, identifier });
});

test("a message type without a kind is none", () => {
  expect(messageTypeOf("", "X")).toBeUndefined();
  expect(messageTypeOf("drill", "")).toBe("drill");
  expect(messageTypeOf("drill", "X")).toBe('drill; identifier="X"');
});

test("militaryKey finds the field that a problem names", () => {
  expect(militaryKey("sic")).toBe("sic");
  expect(militaryKey("sic[1]")).toBe("sic");
  expect(militaryKey("subject")).toBeUndefined();
  expect(militaryKey(undefined)).toBeUndefined();
});
