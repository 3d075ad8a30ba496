import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../../api/client";
import type { OwnGroup, OwnGroupInput, UsedHit } from "../../../api/types";

/** The questions about what is the user's own; their keys begin with "book", so that a change of the book asks them again. */

export function useFavourites() {
  return useQuery({
    queryKey: ["book", "favourites"],
    queryFn: async ({ signal }) => (await ask(api.GET("/api/book/favourites", { signal }))) ?? [],
  });
}

export function useRecent() {
  return useQuery({
    queryKey: ["book", "recent"],
    queryFn: async ({ signal }) => (await ask(api.GET("/api/book/recent", { signal }))) ?? [],
    staleTime: 0,
  });
}

export function useGroups() {
  return useQuery({
    queryKey: ["book", "groups"],
    queryFn: async ({ signal }) => (await ask(api.GET("/api/book/groups", { signal }))) ?? [],
  });
}

/** useFavour makes an entry a favourite, or takes that back. */
export function useFavour() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, on }: { id: string; on: boolean }) => {
      const params = { params: { path: { id } } };
      return on
        ? ask(api.PUT("/api/book/favourites/{id}", params))
        : ask(api.DELETE("/api/book/favourites/{id}", params));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["book"] }),
  });
}

/** goneFrom names the directories of those who are not in the book: one that was read only in part may have them all the same. */
export function goneFrom(
  used: readonly { id: string; hit: UsedHit["hit"] | null }[],
  groups: readonly OwnGroup[],
): string[] {
  const lost = [...used, ...groups.flatMap((g) => g.members)].filter((u) => !u.hit);
  return [...new Set(lost.map((u) => u.id.slice(0, u.id.indexOf(":"))))];
}

/** inputOf is a group as it is kept. */
export function inputOf(g: Pick<OwnGroup, "name" | "members">): OwnGroupInput {
  return { name: g.name, members: g.members.map(({ id, address }) => ({ id, address })) };
}

/** withMembers puts entries into a group; those that are in it already stay once. */
export function withMembers(g: OwnGroup, more: readonly { id: string; address: string }[]): OwnGroupInput {
  const { name, members } = inputOf(g);
  const known = new Set(members.map((m) => m.id));
  return { name, members: [...members, ...more.filter((m) => !known.has(m.id))] };
}

/** withoutMember takes one out of a group. */
export function withoutMember(g: OwnGroup, id: string): OwnGroupInput {
  const { name, members } = inputOf(g);
  return { name, members: members.filter((m) => m.id !== id) };
}

/** useChangeGroups makes, changes and deletes the user's groups. */
export function useChangeGroups() {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ["book", "groups"] });
  const make = useMutation({
    mutationFn: (input: OwnGroupInput) => ask(api.POST("/api/book/groups", { body: input })),
    onSettled,
  });
  const save = useMutation({
    mutationFn: ({ id, input }: { id: string; input: OwnGroupInput }) =>
      ask(api.PUT("/api/book/groups/{group}", { params: { path: { group: id } }, body: input })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => ask(api.DELETE("/api/book/groups/{group}", { params: { path: { group: id } } })),
    onSettled,
  });
  return { make, save, remove };
}
