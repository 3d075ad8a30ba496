import { expect, test } from "vitest";
import { asksOf } from "./refresh";

test.each<[string, string, string[]]>([
  ["chat", "a", ["chat list", "chat conversation a"]],
  ["chat", "", ["chat list", "chat services"]],
  ["room", "a", ["chat list", "chat occupants a"]],
  ["message", "m", ["chat conversation"]],
  ["draft", "d", ["chat list", "chat occupants"]],
  ["book", "", ["chat occupants"]],
  ["inbox", "", []],
])("a change of %s %s asks again what it makes old, and nothing else", (kind, id, wanted) => {
  expect(asksOf({ seq: 1, kind, id, at: "" } as never).map((k) => k.join(" "))).toEqual(wanted);
});
