import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext } from "@playwright/test";
import { expect, test } from "./fixtures";
import { type PageState, settled } from "./reach";

const docs = join(import.meta.dirname, "../../docs");
const folder = join(docs, "images/pages");

const most = 60_000; // bytes of one picture

const both = ["light", "dark"] as const;

/** documents makes the pictures of a name that docs/pages.md shows, of a state: light and dark, or as it is told. */
export function documents(
  name: string,
  from: string,
  states: PageState[],
  schemes: readonly ("light" | "dark")[] = both,
): void {
  test(`docs: ${name}`, async ({ page, context, demo, watch }) => {
    watch.expected.push(/Failed to load resource/);
    const state = states.find((s) => s.name === from);
    if (!state) throw new Error(`there is no state ${from}`);
    await mkdir(folder, { recursive: true });
    await state.reach(page, demo);
    await page.mouse.move(640, 790);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
      await settled(page);
      const picture = await small(context, await page.screenshot({ caret: "initial" }));
      expect(picture.length, "bytes").toBeLessThan(most);
      await writeFile(join(folder, `${name}-${colorScheme}.webp`), picture);
    }
    expect(await readFile(join(docs, "pages.md"), "utf8")).toContain(`images/pages/${name}-light.webp`);
  });
}

/**
 * small makes lossless WebP of a picture with 256 colours, or fewer where it would be too large: those that it has most of, and for
 * any other the nearest of them. The browser can, so no other tool is needed.
 */
async function small(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page = await context.newPage();
  const urls = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const drawing = canvas.getContext("2d");
    if (!drawing) throw new Error("no canvas");
    drawing.drawImage(image, 0, 0);
    const whole = drawing.getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(whole.data.buffer);
    const counts = new Map<number, number>();
    for (const c of pixels) counts.set(c, (counts.get(c) ?? 0) + 1);
    const palette = [...counts].sort((a, b) => b[1] - a[1]).map(([c]) => c);
    const apart = (a: number, b: number) =>
      [0, 8, 16].reduce((sum, bits) => sum + (((a >> bits) & 255) - ((b >> bits) & 255)) ** 2, 0);
    return [256, 96, 48].map((colours) => {
      const kept = palette.slice(0, colours);
      const nearest = (c: number) => kept.reduce((best, k) => (apart(c, k) < apart(c, best) ? k : best));
      const drawn = new Map(palette.map((c, i) => [c, i < colours ? c : nearest(c)]));
      for (const [i, c] of pixels.entries()) pixels[i] = drawn.get(c) ?? c;
      drawing.putImageData(whole, 0, 0);
      return canvas.toDataURL("image/webp", 1);
    });
  }, png.toString("base64"));
  await page.close();
  const all = urls.map((u) => Buffer.from(u.slice(u.indexOf(",") + 1), "base64"));
  return all.find((picture) => picture.length < most) ?? Buffer.concat(all.slice(-1));
}
