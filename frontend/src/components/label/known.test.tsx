import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import type { LabelSelection, LabelUse } from "../../api/types";
import { problem, stage } from "../../test-stage";
import { Known } from "./known";

const label = (classification: string, more: Partial<LabelSelection> = {}): LabelSelection => ({
  policy: "NATO",
  classification,
  ...more,
});

const use = (selection: LabelSelection, more: Partial<LabelUse> = {}): LabelUse => ({
  selection,
  marking: `NATO ${selection.classification}`,
  background: "#ff0000",
  foreground: "#ffffff",
  favourite: false,
  last: "2026-11-01T10:00:00Z",
  used: 1,
  ...more,
});

const uses = "GET /api/label/favourites";
const keep = "PUT /api/label/favourites";
const group = (name: string) => screen.queryByRole("group", { name });
const names = (name: string) => {
  const found = group(name);
  return found
    ? within(found)
        .getAllByRole("button")
        .map((b) => b.textContent)
    : undefined;
};

function known(
  answers: Parameters<typeof stage>[1]["answers"],
  more: { selection?: LabelSelection; canKeep?: boolean; barred?: (s: LabelSelection) => string } = {},
) {
  const choose = vi.fn<(s: LabelSelection) => void>();
  const shown = stage(
    <Known
      selection={more.selection ?? label("SECRET")}
      canKeep={more.canKeep ?? false}
      choose={choose}
      barred={more.barred ?? (() => "")}
    />,
    { at: "/", path: "/", answers },
  );
  return { ...shown, choose };
}

describe("labels used lately", () => {
  test("stand under their name in the order in which the program gives them, newest first, by their marking", async () => {
    known({ [uses]: [use(label("SECRET")), use(label("RESTRICTED"), { marking: "" }), use(label("CONFIDENTIAL"))] });
    await screen.findByRole("group", { name: "Used lately" });
    expect(names("Used lately")).toEqual(["NATO SECRET", "RESTRICTED", "NATO CONFIDENTIAL"]);
    expect(group("Favourites")).toBeNull();
  });

  test("one click chooses the whole label, with its categories and its review date", async () => {
    const whole = label("SECRET", { categories: { Context: ["MROD"] }, reviewDate: "2099-01-05T00:00:00Z" });
    const { choose } = known({ [uses]: [use(label("RESTRICTED")), use(whole)] });
    await userEvent.click(await screen.findByRole("button", { name: "NATO SECRET" }));
    expect(choose.mock.calls).toEqual([[whole]]);
  });

  test("are eight at most, and favourites stand apart from them, as many again", async () => {
    const many = Array.from({ length: 10 }, (_, i) => use(label(`C${i}`)));
    const kept = Array.from({ length: 9 }, (_, i) => use(label(`F${i}`), { favourite: true }));
    known({ [uses]: [...kept, ...many] });
    await screen.findByRole("group", { name: "Used lately" });
    expect(names("Used lately")).toHaveLength(8);
    expect(names("Favourites")).toHaveLength(8);
    expect(names("Used lately")).not.toContain("NATO F0");
  });

  test("that are barred here, also as favourites, say why and choose nothing", async () => {
    const low = label("RESTRICTED");
    const kept = use(label("UNCLASSIFIED"), { favourite: true });
    const barred = (s: LabelSelection) => (s.classification === "SECRET" ? "" : "the floor is SECRET");
    const { choose } = known({ [uses]: [kept, use(low), use(label("SECRET"))] }, { barred });
    for (const name of ["NATO RESTRICTED", "NATO UNCLASSIFIED"]) {
      const button = await screen.findByRole("button", { name });
      expect(button.getAttribute("aria-description")).toBe("the floor is SECRET");
      expect(button.getAttribute("aria-disabled")).toBe("true");
      await userEvent.click(button);
    }
    expect(choose).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "NATO SECRET" }));
    expect(choose).toHaveBeenCalledOnce();
  });

  test("where there are none, nothing is shown", async () => {
    const { asked } = known({ [uses]: [] });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(screen.queryByRole("group")).toBeNull();
  });

  test("that could not be read are said to be so, and not taken for none", async () => {
    known({ [uses]: () => problem(500, "server-error") });
    expect(await screen.findByText(/the details of server-error/)).toBeTruthy();
    expect(group("Used lately")).toBeNull();
  });
});

describe("a label kept as a favourite", () => {
  test("leaves those used lately for the favourites, as the program answers", async () => {
    const secret = use(label("SECRET"));
    const bodies: unknown[] = [];
    known(
      {
        [uses]: [secret, use(label("RESTRICTED"))],
        [keep]: async (r: Request) => {
          bodies.push(await r.json());
          return [{ ...secret, favourite: true }, use(label("RESTRICTED"))];
        },
      },
      { canKeep: true },
    );
    await screen.findByRole("group", { name: "Used lately" });
    const star = within(screen.getByRole("group", { name: "Favourites" })).getByRole("button", { pressed: false });
    await userEvent.click(star);
    await screen.findByRole("button", { pressed: true });
    expect(bodies).toEqual([{ selection: label("SECRET"), favourite: true }]);
    expect(names("Used lately")).toEqual(["NATO RESTRICTED"]);
    expect(names("Favourites")?.[0]).toBe("NATO SECRET");
  });

  test("is the same one with another review date", async () => {
    known(
      { [uses]: [use(label("SECRET", { reviewDate: "2099-01-05T00:00:00Z" }), { favourite: true })] },
      { canKeep: true, selection: label("SECRET", { reviewDate: "2098-01-05T00:00:00Z" }) },
    );
    expect(await screen.findByRole("button", { pressed: true })).toBeTruthy();
  });
});
