import { expect, test } from "vitest";
import { nameIn, place } from "./place";

// What the router does to a path before it hands out the parts.
const routed = (path: string) => decodeURI(path).split("/").pop();

test.each([
  ["an id", "GBR:0f8fad5b-d9cb-469f-a165-70867728950e"],
  ["an address", "o.novak@mod.ukr.example"],
  ["a percent sign, as gateways have it", "user%40host@relay.example"],
  ["a slash", "ops/watch@gbr.example"],
  ["other letters", "Йосип:1 2?3#4"],
])("%s comes back as it was", (_case, name) => {
  expect(nameIn(routed(place("/book", name)))).toBe(name);
});

test("what is no encoding is left as it is", () => {
  expect(nameIn("100%")).toBe("100%");
  expect(nameIn(undefined)).toBeUndefined();
});
