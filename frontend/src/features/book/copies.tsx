import { useDirectories } from "../../api/queries";
import type { Directory, SearchDirectory } from "../../api/types";
import { Said } from "./said";
import { Strip } from "./strip";

/** copyOf says of a directory what its copy here is worth, as the answer to a search does. */
export function copyOf(d: Directory): SearchDirectory {
  const { name, nation, mode, entries, lastRead: readAt } = d;
  return { name, nation, mode, entries, readAt, age: null, state: stateOf(d), ...(d.error ? { why: d.error } : {}) };
}

function stateOf(d: Directory): SearchDirectory["state"] {
  if (d.mode === "look-up") return "not-asked";
  if (d.incomplete) return "incomplete";
  if (d.state === "never-read") return "never-read";
  return d.state === "failed" ? "down" : "cached";
}

type Props = { of?: readonly string[]; strip?: boolean };

/** Copies says what the copies that a page shows may lack: of all directories, or of those that it is about. */
export function Copies({ of, strip = false }: Props) {
  const all = useDirectories().data ?? [];
  const copies = all.filter((d) => of?.includes(d.name) ?? true).map(copyOf);
  return (
    <>
      <Said directories={copies} live={false} />
      {strip ? <Strip directories={copies} /> : null}
    </>
  );
}
