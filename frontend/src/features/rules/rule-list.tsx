import { Button } from "@mantine/core";
import type { Rule } from "../../api/types";
import { OutcomeMark } from "../../components/outcome";
import { useLanguage } from "../../words/language";
import { longTime } from "../../words/time";
import { relaxable } from "./cells";
import { stateOf, useTrials } from "./queries";
import classes from "./rules.module.css";
import type { Part } from "./what";
import { useRuleWords } from "./words";

/** RuleList has every rule, what it relaxes and whether it counts. */
export function RuleList({ rules, ask, mayRead }: Part & { mayRead: boolean }) {
  const { rules: words, form } = useRuleWords();
  const trials = useTrials(mayRead && rules.rules.some((r) => r.trial));
  const recorded = (name: string) => trials.data?.rules.find((t) => t.rule === name)?.attempts ?? 0;
  return (
    <section>
      <h2 id="rules-rules">{words.title}</h2>
      {rules.rules.length === 0 ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <table className={classes.list} aria-labelledby="rules-rules">
          <thead>
            <tr>
              <th scope="col">{words.columns.name}</th>
              <th scope="col">{words.columns.matches}</th>
              <th scope="col">{words.columns.holds}</th>
              <th scope="col">{words.columns.set}</th>
              <th scope="col">{words.columns.state}</th>
              {ask ? <th aria-hidden /> : null}
            </tr>
          </thead>
          <tbody>
            {rules.rules.map((r, at) => {
              const state = stateOf(r, rules.sets);
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place in the file
                <tr key={at}>
                  <th scope="row">{r.name}</th>
                  <td>
                    <Matches rule={r} />
                  </td>
                  <td>
                    <Holds of={r} />
                  </td>
                  <td>{r.set || <span className="quiet">{words.noSet}</span>}</td>
                  <td>
                    <span data-state={state}>{words.states[state]}</span>
                    {r.trial && recorded(r.name) > 0 ? (
                      <span className={classes.small}>{words.recorded(recorded(r.name))}</span>
                    ) : null}
                  </td>
                  {ask ? (
                    <td>
                      <Acts
                        name={r.name}
                        change={() => ask({ kind: "rule", at })}
                        remove={() =>
                          ask({
                            kind: "act",
                            title: form.rule.remove(r.name),
                            button: form.remove,
                            change: { do: "remove-rule", at },
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

function Matches({ rule: r }: { rule: Rule }) {
  const { rules: words } = useRuleWords();
  const outcome = relaxable.find((o) => o === r.outcome);
  const rest = [
    r.nation || words.every.nation,
    r.channel ? (words.channel[r.channel] ?? r.channel) : words.every.channel,
    r.classification || words.every.classification,
  ];
  return (
    <>
      {outcome ? <OutcomeMark outcome={outcome} /> : words.every.outcome}{" "}
      <span className="quiet">· {rest.join(" · ")}</span>
    </>
  );
}

/** Holds says from when until when a rule or threshold holds. */
export function Holds({ of }: { of: { from?: string | undefined; until?: string | undefined } }) {
  const { rules: words } = useRuleWords();
  const { language } = useLanguage();
  const parts = [
    of.from ? words.from(longTime(of.from, language)) : "",
    of.until ? words.until(longTime(of.until, language)) : words.always,
  ];
  return <span className={of.until ? undefined : "quiet"}>{parts.filter(Boolean).join(", ")}</span>;
}

/** Acts are what can be done with a rule or threshold. */
export function Acts({ name, change, remove }: { name: string; change: () => void; remove: () => void }) {
  const { rules: words } = useRuleWords();
  return (
    <span className={classes.acts}>
      <Button variant="default" size="compact-sm" aria-label={words.edit(name)} onClick={change}>
        {words.change}
      </Button>
      <Button variant="default" size="compact-sm" aria-label={words.remove(name)} onClick={remove}>
        {words.removeShort}
      </Button>
    </span>
  );
}
