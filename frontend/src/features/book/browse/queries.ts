import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { api, ask } from "../../../api/client";
import { useDirectories } from "../../../api/queries";
import { rowsOf, type TreeNode, type TreeRow } from "../../../components/tree/rows";

/** A node of the book's tree: at the top the directories, below them what they hold. */
export type Unit = TreeNode & {
  directory: string;
  nation: string;
  node: number | undefined;
  total: number;
  entries: number;
  /** Its directory gave only a part, or keeps here only what was found: there may be more. */
  inPart: boolean;
};

export const idOf = (directory: string, node: number | undefined) => `${directory} ${node ?? ""}`;

/** placeOf gives back what an id was made of. */
export function placeOf(id: string): { directory: string; node: number | undefined } {
  const at = id.lastIndexOf(" ");
  const node = Number(id.slice(at + 1));
  return { directory: id.slice(0, at), node: node > 0 ? node : undefined };
}

/** useTree gives the rows of the tree; each open node is asked for once. */
export function useTree(open: ReadonlySet<string>) {
  const directories = useDirectories();
  const roots = (directories.data ?? []).map(
    (d): Unit => ({
      id: idOf(d.name, undefined),
      name: d.name === d.nation ? d.nation : `${d.nation} · ${d.name}`,
      hasNodes: d.entries > 0,
      directory: d.name,
      nation: d.nation,
      node: undefined,
      total: d.entries,
      entries: 0,
      inPart: d.incomplete || d.mode === "look-up",
    }),
  );
  const tops = new Map(roots.map((r) => [r.directory, r]));
  const asked = [...open];
  const answers = useQueries({
    queries: asked.map((id) => {
      const { directory, node } = placeOf(id);
      return {
        queryKey: ["book", "tree", directory, node],
        queryFn: async ({ signal }: { signal: AbortSignal }) =>
          (await ask(
            api.GET("/api/book/tree", { params: { query: { directory, ...(node ? { node } : {}) } }, signal }),
          )) ?? [],
        staleTime: 5 * 60_000,
      };
    }),
  });
  const below = (id: string): Unit[] | undefined =>
    answers[asked.indexOf(id)]?.data?.map((n) => ({
      id: idOf(n.directory, n.id),
      name: n.name,
      hasNodes: n.nodes > 0,
      directory: n.directory,
      nation: tops.get(n.directory)?.nation ?? "",
      node: n.id,
      total: n.total,
      entries: n.entries,
      inPart: tops.get(n.directory)?.inPart ?? false,
    }));
  const rows: TreeRow<Unit>[] = rowsOf(roots, open, below);
  const error = directories.error ?? answers.find((a) => a.error)?.error ?? null;
  return { rows, error, isPending: directories.isPending, retry: () => answers.forEach((a) => void a.refetch()) };
}

const page = 200;

/** useNodeEntries gives the addressees directly in a node, a part at a time. */
export function useNodeEntries(node: number | undefined) {
  return useInfiniteQuery({
    queryKey: ["book", "node", node],
    enabled: node !== undefined,
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET("/api/book/tree/entries", {
          params: { query: { node: node ?? 0, offset: pageParam, limit: page } },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.more ? last.offset + last.hits.length : undefined),
  });
}
