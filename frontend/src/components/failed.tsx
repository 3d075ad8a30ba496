import { Problem, serverGone } from "../api/problem";
import classes from "./failed.module.css";
import { ProblemState } from "./state";

type Props = {
  error: unknown;
  /** What was read before is still shown. */
  hasOld: boolean;
  retry: () => void;
};

/** Failed says why something could not be read. Where older data still stand and the program is gone, the frame says it. */
export function Failed({ error, hasOld, retry }: Props) {
  if (!error || (hasOld && error instanceof Problem && error.code === serverGone)) return null;
  return (
    <div className={hasOld ? classes.beside : undefined}>
      <ProblemState error={error} retry={retry} inline={hasOld} />
    </div>
  );
}
