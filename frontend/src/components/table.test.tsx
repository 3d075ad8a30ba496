import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { expect, test, vi } from "vitest";
import { stage } from "../test-stage";
import { type Column, Table, type TableHandle } from "./table";

type Row = { id: string; name: string; size: number };

const rows: Row[] = Array.from({ length: 1000 }, (_, i) => ({ id: `r${i}`, name: `Unit ${i}`, size: (i * 7) % 1000 }));
const columns: Column<Row>[] = [
  { id: "name", title: "Name", width: 200, least: 100, text: (r) => r.name },
  { id: "size", title: "Size", width: 80, least: 60, text: (r) => String(r.size), by: (r) => r.size, numeric: true },
];

function table(props: Partial<Parameters<typeof Table<Row>>[0]> = {}) {
  const open = vi.fn();
  const ref = createRef<TableHandle>();
  stage(
    <Table
      ref={ref}
      name="test"
      label="Units"
      rows={rows}
      columns={columns}
      idOf={(r) => r.id}
      open={open}
      {...props}
    />,
    { at: "/", path: "/", answers: {} },
  );
  return { open, ref, grid: screen.getByRole("grid", { name: "Units" }), user: userEvent.setup() };
}

/** current is the row that the grid names as its active one. */
function current(): HTMLElement | null {
  return document.getElementById(screen.getByRole("grid").getAttribute("aria-activedescendant") ?? "");
}

test("of a thousand rows only those in sight are drawn, and each says where it stands", () => {
  const { grid } = table();
  const drawn = within(grid).getAllByRole("row");
  expect(drawn.length).toBeLessThan(60);
  expect(grid.getAttribute("aria-rowcount")).toBe("1001");
  expect(drawn[1]?.getAttribute("aria-rowindex")).toBe("2");
});

test("the arrow keys move one cursor, which is always drawn, and Enter opens its row", async () => {
  const { user, open, grid } = table();
  await user.tab();
  expect(document.activeElement).toBe(grid);
  expect(current()?.textContent).toContain("Unit 0");
  await user.keyboard("{ArrowDown}{ArrowDown}");
  expect(current()?.textContent).toContain("Unit 2");
  await user.keyboard("{End}");
  expect(current()?.textContent).toContain("Unit 999");
  await user.keyboard("{ArrowDown}{Enter}");
  expect(open).toHaveBeenLastCalledWith(rows[999]);
  await user.keyboard("{Home}{PageDown}");
  expect(Number(current()?.getAttribute("aria-rowindex"))).toBeGreaterThan(10);
});

test("a click opens a row and leaves the cursor there", async () => {
  const { user, open } = table();
  await user.click(screen.getByText("Unit 3"));
  expect(open).toHaveBeenCalledWith(rows[3]);
  expect(current()?.textContent).toContain("Unit 3");
});

test("a header sorts, says so, and gives the first order back; the cursor stays on its row", async () => {
  const { user } = table();
  await user.click(screen.getByText("Unit 3"));
  const size = screen.getByRole("columnheader", { name: "Size" });
  const sort = within(size).getByRole("button", { name: "Size" });
  expect(size.getAttribute("aria-sort")).toBe("none");
  await user.click(sort);
  expect(size.getAttribute("aria-sort")).toBe("ascending");
  expect(screen.getAllByRole("row")[2]?.textContent).toContain("Unit 143"); // 1001 mod 1000 = 1
  expect(current()?.textContent).toContain("Unit 3");
  await user.click(sort);
  expect(size.getAttribute("aria-sort")).toBe("descending");
  await user.click(sort);
  expect(size.getAttribute("aria-sort")).toBe("none");
});

test("the edge of a column is moved by the arrow keys and kept for the next time", async () => {
  const { user } = table();
  const edge = screen.getByRole("separator", { name: "Width of Name" });
  edge.focus();
  await user.keyboard("{ArrowLeft}");
  expect(edge.getAttribute("aria-valuenow")).toBe("1184");
  expect(localStorage.getItem("caveat-columns-test")).toBe('{"name":1184}');
  await user.keyboard("{Delete}");
  expect(localStorage.getItem("caveat-columns-test")).toBe("{}");
});

test("others can give it the focus on a row", () => {
  const { ref, grid } = table({ opened: "r7" });
  expect(screen.getByRole("row", { selected: true }).textContent).toContain("Unit 7");
  ref.current?.focus("r7");
  expect(document.activeElement).toBe(grid);
  expect(current()?.textContent).toContain("Unit 7");
});
