import type { UseQueryResult } from "@tanstack/react-query";
import { problemOf } from "../../api/problem";
import type { RuleEffect } from "../../api/types";
import { Folded } from "../../components/folded";
import { OutcomeMark } from "../../components/outcome";
import { ProblemState } from "../../components/state";
import { useLanguage } from "../../words/language";
import { longTime } from "../../words/time";
import classes from "./rules.module.css";
import { useRuleWords } from "./words";

const actions = ["pass", "warn", "block"] as const;

/** Effect shows what a change would have made of the last 30 days: the sum first, then whom, then which messages. */
export function Effect({ asked }: { asked: UseQueryResult<RuleEffect> }) {
  const words = useRuleWords();
  if (asked.error && problemOf(asked.error).code === "user-installation") {
    return (
      <p role="alert" className={classes.wrong}>
        {words.form.invalid} {problemOf(asked.error).detail.replace(/^invalid: /, "")}
      </p>
    );
  }
  if (asked.error) return <ProblemState error={asked.error} retry={() => void asked.refetch()} inline />;
  return (
    <section className={classes.effect} aria-busy={asked.isFetching}>
      <h3>{words.effect.title}</h3>
      {asked.data ? <Told effect={asked.data} /> : <p className="quiet">{words.effect.asking}</p>}
    </section>
  );
}

/** Told says the effect in words and numbers. */
export function Told({ effect: e }: { effect: RuleEffect }) {
  const { effect: words } = useRuleWords();
  const { language } = useLanguage();
  const number = (n: number) => n.toLocaleString(language);
  const changed = e.sends.length + e.more;
  if (e.attempts === 0) return <p>{words.none}</p>;
  const known = e.attempts - e.unknown;
  return (
    <>
      <p role="status">
        <strong>{changed === 0 ? words.same(number(known)) : words.some(number(changed), number(known))}</strong>
      </p>
      {e.unknown > 0 ? <p>{words.unknown(number(e.unknown))}</p> : null}
      {e.unsure > 0 ? <p>{words.unsure(number(e.unsure))}</p> : null}
      <table className={classes.sums}>
        <thead>
          <tr>
            <th aria-hidden />
            <th scope="col">{words.before}</th>
            <th scope="col">{words.after}</th>
          </tr>
        </thead>
        <tbody>
          {actions.map((a) => (
            <tr key={a} data-changed={e.before[a] !== e.after[a]}>
              <th scope="row">{words.actions[a]}</th>
              <td>{number(e.before[a])}</td>
              <td>{number(e.after[a])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {e.by.length > 0 ? (
        <>
          <h4>{words.by}</h4>
          <ul className={classes.plain}>
            {e.by.map((b) => (
              <li key={`${b.nation} ${b.outcome} ${b.before} ${b.after}`}>
                <OutcomeMark outcome={b.outcome} /> {words.row(number(b.count), b.nation)}: {words.changes[b.before]} →{" "}
                <strong>{words.changes[b.after]}</strong>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {e.sends.length > 0 ? <Sends effect={e} /> : null}
      <p className={classes.small}>{words.basis}</p>
    </>
  );
}

function Sends({ effect: e }: { effect: RuleEffect }) {
  const { effect: words } = useRuleWords();
  const { language } = useLanguage();
  return (
    <>
      <h4>{words.sends}</h4>
      <Folded items={e.sends} first={5} step={20} more={words.more} className={classes.sends}>
        {(s) => (
          <li key={s.seq}>
            <span>{longTime(s.at, language)}</span>
            <span>{s.marking}</span>
            <span>
              {words.changes[s.before]} → <strong>{words.changes[s.after]}</strong>
            </span>
            <span className="quiet">
              {[s.sender, ...s.recipients.slice(0, 3).map((r) => r.address), ...s.thresholds.map(words.threshold)].join(
                " · ",
              )}
              {s.recipients.length > 3 ? ` ${words.others(String(s.recipients.length - 3))}` : ""}
            </span>
          </li>
        )}
      </Folded>
      {e.more > 0 ? <p className="quiet">{words.others(e.more.toLocaleString(language))}</p> : null}
    </>
  );
}
