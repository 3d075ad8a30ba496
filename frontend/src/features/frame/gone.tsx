import { useLink } from "../../api/changes";
import { serverGone } from "../../api/problem";
import { useWords } from "../../words/language";
import { clock } from "../../words/time";
import classes from "./frame.module.css";

/** GoneNotice says that the program does not answer, what that means for what is being typed, and what to do. */
export function GoneNotice() {
  const words = useWords();
  const link = useLink();
  if (link.state !== "gone" || link.problem.code === "server-installation") return null;
  const code = link.problem.code;
  return (
    <div className={classes.gone} role="alert">
      <strong>{words.problem.title[code] ?? words.gone.title}</strong>
      <span>{words.problem.means[code] ?? words.problem.means[serverGone]}</span>
      <span>{words.gone.text}</span>
      <span className="quiet">{words.gone.since(clock(new Date(link.since)))}</span>
    </div>
  );
}
