import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, ask } from "../../api/client";
import { useDirectories } from "../../api/queries";

/** useReadDirectories has all mirrored directories read, and waits for the end. */
export function useReadDirectories() {
  const client = useQueryClient();
  const start = useMutation({ mutationFn: () => ask(api.POST("/api/book/sync")) });
  const id = start.data?.job;
  const job = useQuery({
    queryKey: ["jobs", id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => ask(api.GET("/api/jobs/{id}", { params: { path: { id: id ?? 0 } }, signal })),
    refetchInterval: (q) => (isEnded(q.state.data?.state) ? false : 500),
  });
  const ended = isEnded(job.data?.state);
  useEffect(() => {
    if (!ended) return;
    void client.invalidateQueries({ queryKey: ["book"] });
    void client.invalidateQueries({ queryKey: ["directories"] });
  }, [ended, client]);
  return {
    read: () => start.mutate(),
    isReading: start.isPending || (id !== undefined && !ended && !job.isError),
    hasEnded: ended,
    error: start.error ?? job.error,
  };
}

const isEnded = (state: string | undefined) => state === "done" || state === "failed";

/** useFreshBook asks the book again when a directory was read meanwhile, which nothing else tells. */
export function useFreshBook() {
  const client = useQueryClient();
  const directories = useDirectories().data;
  const stamp = directories?.map((d) => d.lastRead ?? "").join();
  const before = useRef(stamp);
  useEffect(() => {
    if (before.current !== undefined && before.current !== stamp) void client.invalidateQueries({ queryKey: ["book"] });
    before.current = stamp;
  }, [stamp, client]);
}
