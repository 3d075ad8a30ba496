/** A node of a tree, as far as the tree needs to know it. */
export type TreeNode = { id: string; name: string; hasNodes: boolean };

/** A row of the tree as it is shown: those of closed nodes are not there. */
export type TreeRow<N extends TreeNode> = {
  node: N;
  parent: string | undefined;
  level: number;
  position: number;
  size: number;
  isOpen: boolean;
  /** It is open, and what is below it is on its way. */
  isWaiting: boolean;
};

/** rowsOf lists what is shown, from the top: a node's own follow it where it is open. A node that comes again below itself is left out. */
export function rowsOf<N extends TreeNode>(
  roots: readonly N[],
  open: ReadonlySet<string>,
  below: (id: string) => readonly N[] | undefined,
): TreeRow<N>[] {
  const out: TreeRow<N>[] = [];
  const add = (nodes: readonly N[], level: number, parent: string | undefined, above: ReadonlySet<string>) => {
    nodes.forEach((node, i) => {
      if (above.has(node.id)) return;
      const isOpen = node.hasNodes && open.has(node.id);
      const inside = isOpen ? below(node.id) : undefined;
      const isWaiting = isOpen && inside === undefined;
      out.push({ node, parent, level, position: i + 1, size: nodes.length, isOpen, isWaiting });
      if (inside) add(inside, level + 1, node.id, new Set([...above, node.id]));
    });
  };
  add(roots, 1, undefined, new Set());
  return out;
}

/** What a key does in a tree. */
export type TreeStep = { cursor: string } | { open: string } | { close: string } | { openBeside: string[] };

/** stepBy gives what a key does (ARIA Authoring Practices, tree view); undefined: it does nothing here. */
export function stepBy<N extends TreeNode>(key: string, rows: readonly TreeRow<N>[], at: number): TreeStep | undefined {
  const row = rows[at];
  if (!row) return undefined;
  const to = (i: number): TreeStep => ({
    cursor: rows[Math.max(0, Math.min(rows.length - 1, i))]?.node.id ?? row.node.id,
  });
  switch (key) {
    case "ArrowDown":
      return to(at + 1);
    case "ArrowUp":
      return to(at - 1);
    case "Home":
      return to(0);
    case "End":
      return to(rows.length - 1);
    case "ArrowRight":
      if (!row.node.hasNodes) return undefined;
      if (!row.isOpen) return { open: row.node.id };
      return rows[at + 1]?.parent === row.node.id ? to(at + 1) : undefined;
    case "ArrowLeft":
      if (row.isOpen) return { close: row.node.id };
      return row.parent === undefined ? undefined : { cursor: row.parent };
    case "*":
      return { openBeside: rows.filter((r) => r.parent === row.parent && r.node.hasNodes).map((r) => r.node.id) };
    default:
      return undefined;
  }
}

/** typedTo finds the next row whose name begins with what is typed; one letter again and again goes from one to the next. */
export function typedTo<N extends TreeNode>(
  typed: string,
  rows: readonly TreeRow<N>[],
  at: number,
): string | undefined {
  const letters = [...typed];
  const isRepeated = letters.length > 1 && letters.every((l) => l === letters[0]);
  const wanted = folded(isRepeated ? (letters[0] ?? "") : typed);
  const from = letters.length === 1 || isRepeated ? at + 1 : at;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[(from + i) % rows.length];
    if (row && folded(row.node.name).startsWith(wanted)) return row.node.id;
  }
  return undefined;
}

const folded = (s: string) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
