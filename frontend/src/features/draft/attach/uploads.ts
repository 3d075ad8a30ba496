import type { Problem } from "../../../api/problem";

/** A file on its way to the program. */
export type Upload = {
  id: number;
  name: string;
  size: number;
  state:
    | { is: "waiting" }
    | { is: "running"; sent: number }
    | { is: "failed"; problem: Problem | "too-large" | "unreadable" };
};

export type UploadAction =
  | { type: "chosen"; files: readonly { id: number; name: string; size: number }[]; limit: number }
  | { type: "sent"; id: number; sent: number }
  | { type: "failed"; id: number; problem: Extract<Upload["state"], { is: "failed" }>["problem"] }
  /** It is there, was given up, or its failure was read. */
  | { type: "ended"; id: number }
  | { type: "again"; id: number };

/** reduceUploads is the one way in which uploads change. A file that is too large never starts. */
export function reduceUploads(all: readonly Upload[], a: UploadAction): readonly Upload[] {
  const change = (id: number, state: Upload["state"]) => all.map((u) => (u.id === id ? { ...u, state } : u));
  switch (a.type) {
    case "chosen":
      return [
        ...all,
        ...a.files.map(
          (f): Upload => ({
            ...f,
            state: a.limit > 0 && f.size > a.limit ? { is: "failed", problem: "too-large" } : { is: "waiting" },
          }),
        ),
      ];
    case "sent":
      return change(a.id, { is: "running", sent: a.sent });
    case "failed":
      return change(a.id, { is: "failed", problem: a.problem });
    case "again":
      return change(a.id, { is: "waiting" });
    case "ended":
      return all.filter((u) => u.id !== a.id);
  }
}

/** nextUpload is the one to begin: one runs at a time, in the order in which they were chosen. */
export function nextUpload(all: readonly Upload[]): Upload | undefined {
  return all.some((u) => u.state.is === "running") ? undefined : all.find((u) => u.state.is === "waiting");
}

/** isUploading: something is on its way, so the draft is not yet what its writer wants it to be. */
export function isUploading(all: readonly Upload[]): boolean {
  return all.some((u) => u.state.is !== "failed");
}
