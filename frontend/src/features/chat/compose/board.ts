import { createContext, useContext, useSyncExternalStore } from "react";
import type { CheckProps } from "../../draft/check/panel";

/** Board is where the composer says what its check found, for the columns beside it: they are not drawn anew with each letter. */
export class Board {
  #shown: CheckProps | undefined;
  #watchers = new Set<() => void>();

  /** show tells what there is now; undefined: nobody writes here. */
  show(shown: CheckProps | undefined): void {
    this.#shown = shown;
    for (const f of this.#watchers) f();
  }

  shown = (): CheckProps | undefined => this.#shown;

  subscribe = (f: () => void): (() => void) => {
    this.#watchers.add(f);
    return () => this.#watchers.delete(f);
  };
}

/** What the composer of a conversation and the columns beside it share. */
export type Shared = {
  board: Board;
  /** Told by which stored draft the occupants are judged; "": by none. */
  onJudged: (draft: string) => void;
  /** Id, in the conversation, of the own message that is to be corrected; "": none. */
  correcting: string;
  /** Told when the correction ended. */
  done: () => void;
};

const nobody: Shared = { board: new Board(), onJudged: () => undefined, correcting: "", done: () => undefined };

export const SharedContext = createContext<Shared>(nobody);

export const useShared = () => useContext(SharedContext);

export function useBoard(): CheckProps | undefined {
  const { board } = useShared();
  return useSyncExternalStore(board.subscribe, board.shown);
}
