import { describe, expect, test } from "vitest";
import { fold, looksLikeAddress, parseAddresses } from "./addresses";

test("two spellings of one address fold to the same", () => {
  expect(fold("  Jan.Novak@Example.TEST ")).toBe("jan.novak@example.test");
});

describe("looksLikeAddress", () => {
  test.each(["a@b", " jan.novak@x.test ", "o'brien+ops@x.test", "møller@x.test"])("%s does", (text) => {
    expect(looksLikeAddress(text)).toBe(true);
  });

  test.each([
    "",
    "jan",
    "@x.test",
    "jan@",
    "jan @x.test",
    "a@b@c",
    "<jan@x.test>",
    '"jan"@x.test',
    "a@x.test b@x.test",
  ])("%s does not", (text) => {
    expect(looksLikeAddress(text)).toBe(false);
  });
});

describe("parseAddresses", () => {
  test.each<[string, string, string[], string]>([
    ["nothing", "", [], ""],
    ["one address", " jan@x.test ", ["jan@x.test"], ""],
    [
      "commas, semicolons, tabs and lines",
      "a@x.test, b@x.test;c@x.test\td@x.test\r\ne@x.test\n\nf@x.test;",
      [..."abcdef"].map((c) => `${c}@x.test`),
      "",
    ],
    [
      "names before addresses",
      "Jan Novak <jan@x.test>; Maria Kowalska <maria@x.test>",
      ["jan@x.test", "maria@x.test"],
      "",
    ],
    [
      "a comma within quotes",
      '"Novak, Jan" <jan@x.test>, "Kowalska; Maria" <maria@x.test>',
      ["jan@x.test", "maria@x.test"],
      "",
    ],
    ["an address in brackets alone", "<jan@x.test>", ["jan@x.test"], ""],
    [
      "what is no address is left over",
      "jan@x.test, Maria, @x, kowal@x.test",
      ["jan@x.test", "kowal@x.test"],
      "Maria, @x",
    ],
    ["a name with a bad address", "Jan <jan at x>", [], "Jan <jan at x>"],
    ["words alone", "Jan Novak", [], "Jan Novak"],
    ["a name with a comma and no quotes", "Novak, Jan <jan@x.test>", ["jan@x.test"], "Novak"],
  ])("%s", (_, text, addresses, rest) => {
    expect(parseAddresses(text)).toEqual({ addresses, rest });
  });

  test("a thousand at once, quickly", () => {
    const many = Array.from({ length: 1000 }, (_, i) => `Person ${i} <p${i}@x.test>`).join("; ");
    expect(parseAddresses(many).addresses).toHaveLength(1000);
  });
});
