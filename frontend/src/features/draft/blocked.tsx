import { BlockSheet } from "./block/sheet";
import { reduce } from "./state";
import type { Writing } from "./writing";

/** Blocked interrupts where the check at Send did not allow it, and leads back to the draft or on without some. */
export function Blocked({ writing }: { writing: Writing }) {
  const { state, dispatch, send, sender } = writing;
  if (state.phase.is !== "blocked") return null;
  const edit = () => {
    dispatch({ type: "phase", phase: { is: "editing" } });
    // To the reasons, not to Send: a key of habit there would only begin the same again.
    requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-check]")?.focus());
  };
  const sendWithout = (addresses: string[]) => {
    const next = reduce({ ...state, phase: { is: "editing" } }, { type: "removed", addresses });
    dispatch({ type: "phase", phase: { is: "editing" } });
    dispatch({ type: "removed", addresses });
    void send({}, next.content);
  };
  return (
    <BlockSheet
      report={state.phase.report}
      sender={sender}
      back={edit}
      leaveOut={sendWithout}
      override={(reasons) => void send(reasons)}
    />
  );
}
