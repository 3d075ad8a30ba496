import type { Check } from "../../api/types";
import { BrokenIcon, ClearedIcon } from "../../components/icons";
import classes from "./directories.module.css";
import { useStepWords } from "./words-steps";

/** Steps are those of a look at a server: each in plain words, with the server's own under them. */
export function Steps({ checks, untrusted = false }: { checks: readonly Check[]; untrusted?: boolean }) {
  const words = useStepWords();
  return (
    <ol className={classes.checks} aria-label={words.title}>
      {checks.map((c) => (
        <li key={c.step + c.text} data-ok={c.ok}>
          {c.ok ? <ClearedIcon /> : <BrokenIcon />}
          <div>
            <strong>{words.steps[c.step]}</strong>{" "}
            {c.ok ? words.right[c.step] : untrusted ? words.undecided : words.wrong[c.step]}
            <p className={`${classes.small} mono`}>{c.text}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
