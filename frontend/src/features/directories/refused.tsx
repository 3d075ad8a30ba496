import { problemOf } from "../../api/problem";
import { ProblemState } from "../../components/state";

/** Refused says why a change of the set-up was not made. The program's own words are in sight: they name what to mend. */
export function Refused({ error }: { error: unknown }) {
  if (!error) return null;
  const { code, detail } = problemOf(error);
  return (
    <div>
      {code === "user-installation" ? <p className="mono">{detail}</p> : null}
      <ProblemState error={error} inline />
    </div>
  );
}
