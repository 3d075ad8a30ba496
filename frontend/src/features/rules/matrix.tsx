import type { Rules } from "../../api/types";
import { Nation } from "../../components/nation";
import { OutcomeMark } from "../../components/outcome";
import { type Cell, cellOf, nationsOf, relaxable } from "./cells";
import classes from "./rules.module.css";
import { useRuleWords } from "./words";

/** Matrix shows at a glance what is relaxed: each outcome with people of each nation. */
export function Matrix({ rules }: { rules: Rules }) {
  const words = useRuleWords();
  const nations = nationsOf(rules);
  return (
    <section>
      <h2>{words.table.title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={words.table.title}>
        <table className={classes.matrix}>
          <thead>
            <tr>
              <th scope="col">{words.table.outcome}</th>
              {nations.map((n) => (
                <th key={n} scope="col">
                  <Nation code={n} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {relaxable.map((o) => (
              <tr key={o}>
                <th scope="row">
                  <OutcomeMark outcome={o} />
                </th>
                {nations.map((n) => (
                  <Field key={n} cell={cellOf(rules, o, n)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Field({ cell }: { cell: Cell }) {
  const words = useRuleWords();
  return (
    <td data-state={cell.state} title={cell.rules.length > 0 ? words.table.by(cell.rules.join(", ")) : undefined}>
      {words.table.states[cell.state]}
      {cell.trials > 0 ? <span className={classes.small}>{words.table.trial(cell.trials)}</span> : null}
    </td>
  );
}
