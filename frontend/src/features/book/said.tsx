import type { SearchDirectory } from "../../api/types";
import { Notice } from "../../components/state";
import { useWords } from "../../words/language";
import { age } from "../../words/time";
import classes from "./book.module.css";
import { useBookWords } from "./words";

const lacks = ["incomplete", "down", "never-read"];

/**
 * Said tells which directories the answer lacks something of, and what is shown of them instead. Those that have nothing to
 * say against it are silent.
 */
export function Said({ directories, live }: { directories: readonly SearchDirectory[]; live: boolean }) {
  const { said } = useBookWords();
  const lacking = directories.filter((d) => lacks.includes(d.state));
  const reasons = lacking.filter((d) => d.why);
  if (lacking.length === 0) return null;
  return (
    <Notice>
      <strong>{said.title}</strong>
      <ul className={classes.said}>
        {lacking.map((d) => (
          <li key={d.name}>
            <Sentence directory={d} live={live} />
          </li>
        ))}
      </ul>
      {reasons.length > 0 ? (
        <details>
          <summary>{said.reason}</summary>
          {reasons.map((d) => (
            <p key={d.name} className="mono">
              {d.name}: {d.why}
            </p>
          ))}
        </details>
      ) : null}
    </Notice>
  );
}

function Sentence({ directory: d, live }: { directory: SearchDirectory; live: boolean }) {
  const words = useWords();
  const { said } = useBookWords();
  if (d.state === "never-read") return said.neverRead(d.name);
  if (d.state === "incomplete") return said.inPart(d.name);
  const rest = d.readAt && d.entries > 0 ? said.asOf(age(d.readAt, words)) : said.nothing;
  return `${live ? said.notAsked(d.name) : said.notRead(d.name)} ${rest}`;
}
