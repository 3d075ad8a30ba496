import { Button } from "@mantine/core";
import classes from "./rules.module.css";
import type { Part } from "./what";
import { useRuleWords } from "./words";

/** Sets are the phases of the mission: each is switched, renamed or removed with what belongs to it. */
export function Sets({ rules, ask }: Part) {
  const { sets: words, rules: shared, form } = useRuleWords();
  const active = rules.sets.filter((s) => s.active).map((s) => s.name);
  return (
    <section>
      <h2>{words.title}</h2>
      <p className="quiet">{rules.sets.length === 0 ? words.none : words.means}</p>
      <ul className={classes.sets}>
        {rules.sets.map((s) => {
          const count = [...rules.rules, ...rules.thresholds].filter((r) => r.set === s.name).length;
          const to = s.active ? active.filter((n) => n !== s.name) : [...active, s.name];
          return (
            <li key={s.name}>
              <strong>{s.name}</strong>
              <span data-state={s.active ? "on" : "off"}>{s.active ? words.on : words.off}</span>
              <span className="quiet">{words.rules(count)}</span>
              {ask ? (
                <span className={classes.acts}>
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={s.active ? words.switchOff(s.name) : words.switchOn(s.name)}
                    onClick={() =>
                      ask({
                        kind: "act",
                        title: s.active ? form.set.off(s.name) : form.set.on(s.name),
                        button: s.active ? form.switchOff : form.switchOn,
                        change: { do: "switch-sets", sets: to },
                      })
                    }
                  >
                    {s.active ? words.switchOffShort : words.switchOnShort}
                  </Button>
                  {count > 0 ? (
                    <>
                      <Button
                        variant="default"
                        size="compact-sm"
                        aria-label={words.rename(s.name)}
                        onClick={() => ask({ kind: "rename", set: s.name })}
                      >
                        {words.renameShort}
                      </Button>
                      <Button
                        variant="default"
                        size="compact-sm"
                        aria-label={shared.remove(s.name)}
                        onClick={() =>
                          ask({
                            kind: "act",
                            title: form.set.remove(s.name),
                            button: form.remove,
                            change: { do: "remove-set", set: s.name },
                          })
                        }
                      >
                        {shared.removeShort}
                      </Button>
                    </>
                  ) : null}
                </span>
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
