import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../../api/client";
import type { DirectoryInput } from "../../../api/types";

/** useRead has one directory read, or all mirrored ones; how far it is stands in the directory's state. */
export function useRead() {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: ({ directory, full }: { directory?: string; full?: boolean }) =>
      ask(
        api.POST("/api/book/sync", {
          params: { query: { ...(directory ? { directory } : {}), ...(full ? { full } : {}) } },
        }),
      ),
    onSettled,
  });
}

/** useAct carries out what can be done with one directory. */
export function useAct(name: string) {
  const onSettled = useRefresh();
  const params = { params: { path: { name } } };
  const confirm = useMutation({
    mutationFn: () => ask(api.POST("/api/directories/{name}/confirm", params)),
    onSettled,
  });
  const stop = useMutation({ mutationFn: () => ask(api.POST("/api/directories/{name}/stop", params)), onSettled });
  const test = useMutation({ mutationFn: () => ask(api.POST("/api/directories/{name}/test", params)) });
  const remove = useMutation({ mutationFn: () => ask(api.DELETE("/api/directories/{name}", params)), onSettled });
  return { confirm, stop, test, remove };
}

/** useAdd asks a server how it should be set up, and adds a directory. */
export function useAdd() {
  const onSettled = useRefresh();
  const propose = useMutation({
    mutationFn: (input: DirectoryInput) => ask(api.POST("/api/directories/propose", { body: input })),
  });
  const add = useMutation({
    mutationFn: (input: DirectoryInput) => ask(api.POST("/api/directories", { body: input })),
    onSettled,
  });
  return { propose, add };
}

function useRefresh() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["book"] });
    return client.invalidateQueries({ queryKey: ["directories"] });
  };
}
