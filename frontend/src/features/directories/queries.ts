import { useIsMutating, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { DirectoryInput, DirectorySettings, RouteInput } from "../../api/types";

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
  const of = (revision: string) => ({ params: { ...params.params, query: { revision } } });
  const change = useMutation({
    mutationFn: (body: DirectorySettings) => ask(api.PUT("/api/directories/{name}/settings", { ...params, body })),
    onSettled,
  });
  const pause = useMutation({
    mutationFn: ({ paused, revision }: { paused: boolean; revision: string }) =>
      ask(api.POST(paused ? "/api/directories/{name}/pause" : "/api/directories/{name}/resume", of(revision))),
    onSettled,
  });
  return { confirm, stop, test, change, pause };
}

const removalOf = (name: string) => ["directories", "remove", name];

/** useRemoval takes a directory out of the installation; what is to be done then is done before anything is asked again. */
export function useRemoval(name: string, onSuccess: () => void) {
  const onSettled = useRefresh();
  return useMutation({
    mutationKey: removalOf(name),
    mutationFn: (revision: string) =>
      ask(api.DELETE("/api/directories/{name}", { params: { path: { name }, query: { revision } } })),
    onSuccess,
    onSettled,
  });
}

/** useIsGoing reports whether a directory is being removed: what is asked about it meanwhile may find it gone already. */
export function useIsGoing(name: string): boolean {
  return useIsMutating({ mutationKey: removalOf(name) }) > 0;
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

/** useNations asks for the nations, their domains, and the links that lead there. */
export function useNations() {
  return useQuery({
    queryKey: ["directories", "nations"],
    queryFn: ({ signal }) => ask(api.GET("/api/nations", { signal })),
  });
}

/** useRouteTo makes a route to a domain, or takes it away. */
export function useRouteTo(channel: "mail" | "chat") {
  const onSettled = useRefresh();
  const set = useMutation({
    mutationFn: ({ domain, route }: { domain: string; route: RouteInput }) =>
      ask(api.PUT("/api/routes/{channel}/{domain}", { params: { path: { channel, domain } }, body: route })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: ({ domain, revision }: { domain: string; revision: string }) =>
      ask(
        api.DELETE("/api/routes/{channel}/{domain}", {
          params: { path: { channel, domain }, query: { revision } },
        }),
      ),
    onSettled,
  });
  return { set, remove };
}

function useRefresh() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["book"] });
    return client.invalidateQueries({ queryKey: ["directories"] });
  };
}
