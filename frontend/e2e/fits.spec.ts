import { sizes } from "./cut-off";
import { expect, test } from "./fixtures";
import { states } from "./states";

for (const viewport of sizes) {
  test.describe(`${viewport.width}×${viewport.height}`, () => {
    test.use({ viewport });
    test("the sum of the check is in sight", async ({ page, demo }) => {
      await states.find((s) => s.name === "draft")?.reach(page, demo);
      const sum = page.getByText("1 of 3 may not get this");
      await expect(sum).toBeInViewport({ ratio: 1 });
      const box = await sum.boundingBox();
      expect(box?.height ?? 0).toBeLessThan(30); // one line
    });
  });
}
