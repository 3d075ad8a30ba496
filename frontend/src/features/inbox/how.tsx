import type { InboxChange, InboxMessage } from "../../api/types";
import { useLanguage } from "../../words/language";
import { longTime } from "../../words/time";
import classes from "./inbox.module.css";
import { useInboxWords } from "./words";

/** How says what the marking of a message rests on, and what its label was before. */
export function How({ message: m }: { message: InboxMessage }) {
  const { how: words } = useInboxWords();
  if (m.claims.length === 0 && m.history.length === 0) return null;
  return (
    <details className={classes.how}>
      <summary>{words.title}</summary>
      {m.claims.length > 0 ? (
        <ul className={classes.plain}>
          {m.claims.map((c) => (
            <li key={`${c.from} ${c.text}`}>
              <span className="quiet">{words.ways[c.from] ?? c.from} –</span> {c.text}
            </li>
          ))}
        </ul>
      ) : null}
      {m.history.length > 0 ? (
        <>
          <h3>{words.history}</h3>
          <ul className={classes.plain}>
            {m.history.map((c, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two changes may say the same
              <Change key={i} change={c} />
            ))}
          </ul>
        </>
      ) : null}
    </details>
  );
}

function Change({ change: c }: { change: InboxChange }) {
  const { how: words } = useInboxWords();
  const { language } = useLanguage();
  const time = c.at ? longTime(c.at, language) : "";
  return (
    <li>
      {words.change(c.old || words.none, c.new || words.none)}{" "}
      <span className="quiet">
        {[words.actions[c.action] ?? c.action, c.by, time].filter(Boolean).join(", ")}
        {c.comment ? ` – ${c.comment}` : ""}
      </span>
    </li>
  );
}
