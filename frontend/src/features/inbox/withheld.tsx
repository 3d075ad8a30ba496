import type { InboxRow } from "../../api/types";
import { RefusedIcon } from "../../components/icons";
import { useReason } from "../../words/reasons";
import classes from "./inbox.module.css";
import { useInboxWords } from "./words";

/** Withheld stands for what the reader's own clearance does not permit, or of which nobody can say that it does (RULES 20). */
export function Withheld({ row: m }: { row: Pick<InboxRow, "withheldWhy"> }) {
  const { said: words } = useInboxWords();
  const reason = useReason();
  return (
    <section className={classes.refused} aria-labelledby="withheld">
      <h2 id="withheld">
        <RefusedIcon /> {words.withheld}
      </h2>
      <ul className={classes.plain}>
        {m.withheldWhy.map((r) => (
          <li key={`${r.rule} ${r.text}`}>{reason(r)}</li>
        ))}
      </ul>
      <p>{words.withheldText}</p>
      <p className="quiet">{words.withheldTodo}</p>
    </section>
  );
}
