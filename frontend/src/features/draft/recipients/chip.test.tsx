import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { knownOf } from "../names";
import { Chip } from "./chip";

function chip(known: Parameters<typeof knownOf>[0]) {
  const nothing = () => undefined;
  render(
    <MantineProvider env="test">
      <ul>
        <Chip
          address="ann@gbr.example"
          known={knownOf(known)}
          report={undefined}
          leaving={false}
          isTabStop
          onKey={nothing}
          onRemove={nothing}
          onFocus={nothing}
        />
      </ul>
    </MantineProvider>,
  );
  return screen.getByRole("button", { name: /^(?!Remove)/ });
}

const ann = { name: "Ann Ash", nation: "GBR", kind: "person" as const };

test("somebody who looks like another is told apart on the chip itself", () => {
  const button = chip({ ...ann, lookalike: "J6, 1 Bde" });
  expect(button.textContent).toContain("J6, 1 Bde");
  expect(button.title).toBe("Ann Ash, ann@gbr.example – Not to be confused: J6, 1 Bde");
});

test("an entry that is not in use says so in words", () => {
  const button = chip({ ...ann, disabled: true });
  expect(button.textContent).toContain("not in use");
  expect(button.closest("li")?.dataset.barred).toBe("true");
});

test("others say nothing more than before", () => {
  const button = chip(ann);
  expect(button.title).toBe("Ann Ash, ann@gbr.example");
  expect(button.closest("li")?.dataset.barred).toBeUndefined();
});
