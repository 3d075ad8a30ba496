import { describe, expect, test } from "vitest";
import type { ChatCatalogue, ChatItem, LabelSelection } from "../../../api/types";
import { fakeLabel } from "../../../test-fakes";
import { menusOf } from "./catalogue";
import { firstLabel, itemIn } from "./first-label";

const label = (classification: string): LabelSelection => ({ policy: "NATO", classification });

const item = (selector: string[], more: Partial<ChatItem> = {}): ChatItem => ({
  selector,
  default: false,
  label: fakeLabel(),
  usable: true,
  choice: label(selector.at(-1) ?? ""),
  ...more,
});

const catalogue = (...items: ChatItem[]): ChatCatalogue => ({ name: "Ops", offered: true, restricted: false, items });

describe("the label that a message begins with", () => {
  const offers = catalogue(item(["RESTRICTED"]), item(["CONFIDENTIAL"], { default: true }));
  const none = catalogue();
  const foreign = catalogue(item(["X"], { default: true, choice: "<label/>" }));
  const barred = catalogue(item(["TOP SECRET"], { default: true, usable: false }));
  test.each<[string, Parameters<typeof firstLabel>[0], LabelSelection | null | undefined]>([
    [
      "is that of the last own one here, whatever the server offers",
      { own: label("SECRET"), catalogue: offers, room: label("RESTRICTED") },
      label("SECRET"),
    ],
    [
      "is that of the last own one also before the server has answered",
      { own: label("SECRET"), catalogue: undefined, room: null },
      label("SECRET"),
    ],
    [
      "is not known while the own one is read",
      { own: undefined, catalogue: offers, room: label("RESTRICTED") },
      undefined,
    ],
    [
      "is the server's default where nothing was said",
      { own: null, catalogue: offers, room: label("RESTRICTED") },
      label("CONFIDENTIAL"),
    ],
    [
      "is not known while the server is asked",
      { own: null, catalogue: undefined, room: label("RESTRICTED") },
      undefined,
    ],
    [
      "is the room's where the server has no default",
      { own: null, catalogue: none, room: label("RESTRICTED") },
      label("RESTRICTED"),
    ],
    [
      "is the room's where the server could not be asked",
      { own: null, catalogue: null, room: label("RESTRICTED") },
      label("RESTRICTED"),
    ],
    ["is never one that this page cannot show", { own: null, catalogue: foreign, room: null }, null],
    ["is never one that may not be chosen here", { own: null, catalogue: barred, room: null }, null],
    ["is none where nobody says one", { own: null, catalogue: none, room: null }, null],
  ])("%s", (_, sources, want) => {
    expect(firstLabel(sources)).toEqual(want);
  });
});

describe("a label in a catalogue", () => {
  const all = catalogue(item(["SECRET"], { xml: "<securitylabel>1</securitylabel>" }), item(["RESTRICTED"]));
  test("is found as the server writes it", () => {
    expect(itemIn(all, label("SECRET"))).toBe("<securitylabel>1</securitylabel>");
  });
  test("with another review date is another one", () => {
    expect(itemIn(all, { ...label("SECRET"), reviewDate: "2099-01-05T00:00:00Z" })).toBeUndefined();
  });
  test("that it has not is written by us", () => {
    expect(itemIn(all, label("TOP SECRET"))).toBeUndefined();
    expect(itemIn(undefined, label("SECRET"))).toBeUndefined();
  });
});

test("items of a catalogue stand under their paths, in the server's order", () => {
  const all = [item(["A", "1"]), item(["2"]), item(["A", "B", "3"]), item(["A", "4"])];
  expect(menusOf(all).map((m) => [m.path, m.items.map((i) => i.selector.at(-1))])).toEqual([
    ["A", ["1", "4"]],
    ["", ["2"]],
    ["A › B", ["3"]],
  ]);
});
