import { DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import { describe, expect, test } from "vitest";
import { theme } from "./theme";

type Colours = ReadonlyMap<string, string>;
type Rgb = [number, number, number];

// Vite gives styles to tests as nothing, so they are read as files.
const { readFileSync } = await import("node:fs");
const css = readFileSync("src/theme.css", "utf8");
const styles = Object.keys(import.meta.glob("./**/*.css")).map((path) => ({
  path,
  text: readFileSync(path.replace("./", "src/"), "utf8"),
}));

function colours(selector: string): Colours {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`theme.css has no ${selector}`);
  const block = css.slice(start, css.indexOf("}", start));
  return new Map([...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));
}

const themes = [
  { name: "light", of: colours(":root") },
  { name: "dark", of: colours(':root[data-mantine-color-scheme="dark"]') },
] as const;

function rgb(hex: string): Rgb {
  const n = /^#([0-9a-f]{6})$/i.exec(hex)?.[1];
  if (!n) throw new Error(`${hex} is no colour`);
  return [0, 2, 4].map((i) => Number.parseInt(n.slice(i, i + 2), 16)) as Rgb;
}

/** luminance and contrast are those of WCAG 2.1. */
function luminance(c: Rgb): number {
  const [r, g, b] = c.map((v) => (v <= 0.04045 * 255 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** blend is a colour that lets what lies below shine through. */
function blend(above: Rgb, below: Rgb, opacity: number): Rgb {
  return above.map((v, i) => v * opacity + (below[i] ?? 0) * (1 - opacity)) as Rgb;
}

function named(of: Colours, name: string): Rgb {
  const found = of.get(name);
  if (!found) throw new Error(`theme.css has no --${name}`);
  return rgb(found);
}

test("the contrast is computed as WCAG 2.1 has it", () => {
  expect(contrast(rgb("#000000"), rgb("#ffffff"))).toBeCloseTo(21);
  expect(contrast(rgb("#777777"), rgb("#ffffff"))).toBeCloseTo(4.48, 2);
  expect(contrast(rgb("#ffffff"), rgb("#ff0000"))).toBeCloseTo(4.0, 2);
});

test("both themes have the same colours", () => {
  expect([...themes[1].of.keys()]).toEqual([...themes[0].of.keys()]);
  expect(themes[0].of.size).toBeGreaterThan(15);
});

const anywhere = ["ground", "surface", "sunken", "accent-soft"]; // page, panel, hovered, chosen
const raised = [...anywhere, "refused-soft", "unknown-soft", "stale-soft"]; // and what warns

/** Text and the grounds it stands on. */
const texts: [text: string, grounds: string[]][] = [
  ["text", [...raised, "line"]],
  ["quiet", raised],
  ["accent", raised],
  ["cleared", anywhere],
  ["refused", ["on-refused"]],
  ["on-refused", ["refused"]], // the head of the block at Send
  ["unknown", [...anywhere, "unknown-soft"]],
  ["stale", [...anywhere, "stale-soft"]],
  ["broken", [...anywhere, "refused-soft"]],
  ["ground", ["text"]], // what is announced
];

/** What is drawn and carries a meaning: borders of fields and chips, icons, where the focus is. */
const drawn: [line: string, grounds: string[]][] = [
  ["line-strong", ["ground", "surface", "sunken"]],
  ["focus", raised],
  ["accent", ["surface", "accent-soft"]],
  ["stale", ["surface", "ground", "stale-soft"]],
  ["unknown", ["surface"]],
  ["broken", ["surface", "refused-soft"]],
  ["refused", ["surface"]], // the edge of the block at Send
  ["quiet", ["refused-soft"]], // the cross of a refused chip
];

const pairs = (list: [string, string[]][]) =>
  list.flatMap(([a, grounds]) => grounds.map((b): [string, string] => [a, b]));

describe.each(themes)("in the $name theme", ({ name, of }) => {
  test.each(pairs(texts))("the text %s can be read on %s", (text, ground) => {
    expect(contrast(named(of, text), named(of, ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(pairs(drawn))("%s can be seen on %s", (line, ground) => {
    expect(contrast(named(of, line), named(of, ground))).toBeGreaterThanOrEqual(3);
  });

  // While a way forward is looked at, whoever it leaves out is drawn fainter; who that is must still be legible.
  test.each([
    ["text", "surface"],
    ["text", "refused-soft"],
    ["broken", "refused-soft"],
    ["unknown", "surface"],
    ["stale", "surface"],
  ])("a chip with %s on %s can be read while it would be left out", (text, ground) => {
    const chip = styles.find((s) => s.path.endsWith("/recipients.module.css"))?.text ?? "";
    const opacity = Number(/\.chip\[data-leaving\] \{\s*opacity: ([\d.]+)/.exec(chip)?.[1] ?? "1");
    const below = named(of, "surface");
    const [a, b] = [named(of, text), named(of, ground)].map((c) => blend(c, below, opacity)) as [Rgb, Rgb];
    expect(contrast(a, b)).toBeGreaterThanOrEqual(4.5);
  });

  test("the words on and of Mantine's buttons can be read", () => {
    const full = mergeMantineTheme(DEFAULT_THEME, theme);
    const { variables, light, dark } = defaultCssVariablesResolver(full);
    const all: Record<string, string> = { ...variables, ...(name === "light" ? light : dark) };
    const value = (key: string): Rgb => {
      const v = all[key] ?? "";
      const other = /^var\((--[\w-]+)\)$/.exec(v)?.[1];
      return other ? value(other) : rgb(v);
    };
    expect(contrast(rgb("#ffffff"), value("--mantine-color-steel-filled"))).toBeGreaterThanOrEqual(4.5);
  });
});

// A colour of Mantine's own is looked at by nothing above.
test("buttons have no colours but the page's own", () => {
  const sources = import.meta.glob<string>("./**/*.tsx", { eager: true, query: "?raw", import: "default" });
  const foreign = Object.entries(sources).flatMap(([path, text]) =>
    [...text.matchAll(/\s(?:c|color|bg)="([a-z][^"]*)"/g)]
      .filter((m) => !(m[1] ?? "").startsWith("var(--"))
      .map((m) => `${path}: ${m[1]}`),
  );
  expect(foreign).toEqual([]);
});

describe("styles", () => {
  test("name colours by their meaning only", () => {
    const raw = styles
      .filter((s) => s.path !== "./theme.css")
      .flatMap((s) => [...s.text.matchAll(/#[0-9a-f]{3,8}\b/gi)].map((m) => `${s.path}: ${m[0]}`));
    expect(raw).toEqual([]);
  });

  test("use no colour that the theme does not have", () => {
    const known = new Set([...themes[0].of.keys(), "shadow"]);
    const used = styles.flatMap((s) => [...s.text.matchAll(/var\(--([a-z-]+)\)/g)].map((m) => m[1] ?? ""));
    expect([...new Set(used)].filter((u) => !known.has(u) && !u.startsWith("mantine-"))).toEqual([]);
  });
});
