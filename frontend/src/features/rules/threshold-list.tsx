import { useLanguage } from "../../words/language";
import { stateOf } from "./queries";
import { Acts, Holds } from "./rule-list";
import classes from "./rules.module.css";
import type { Part } from "./what";
import { useRuleWords } from "./words";

/** ThresholdList has every bound on how many may get a label. */
export function ThresholdList({ rules, ask }: Part) {
  const { thresholds: words, rules: shared, form } = useRuleWords();
  const { language } = useLanguage();
  return (
    <section>
      <h2 id="rules-thresholds">{words.title}</h2>
      {rules.thresholds.length === 0 ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <table className={classes.list} aria-labelledby="rules-thresholds">
          <thead>
            <tr>
              <th scope="col">{words.columns.name}</th>
              <th scope="col">{words.columns.limit}</th>
              <th scope="col">{words.columns.classification}</th>
              <th scope="col">{words.columns.action}</th>
              <th scope="col">{words.columns.holds}</th>
              <th scope="col">{words.columns.set}</th>
              <th scope="col">{words.columns.state}</th>
              {ask ? <th aria-hidden /> : null}
            </tr>
          </thead>
          <tbody>
            {rules.thresholds.map((t, at) => {
              const state = stateOf(t, rules.sets);
              return (
                <tr key={t.name}>
                  <th scope="row">{t.name}</th>
                  <td>{words.people(t.limit.toLocaleString(language))}</td>
                  <td>{t.classification || shared.every.classification}</td>
                  <td>{words.actions[t.action]}</td>
                  <td>
                    <Holds of={t} />
                  </td>
                  <td>{t.set || <span className="quiet">{shared.noSet}</span>}</td>
                  <td>
                    <span data-state={state}>{shared.states[state]}</span>
                  </td>
                  {ask ? (
                    <td>
                      <Acts
                        name={t.name}
                        change={() => ask({ kind: "threshold", at })}
                        remove={() =>
                          ask({
                            kind: "act",
                            title: form.threshold.remove(t.name),
                            button: form.remove,
                            change: { do: "remove-threshold", at },
                          })
                        }
                      />
                    </td>
                  ) : null}
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
