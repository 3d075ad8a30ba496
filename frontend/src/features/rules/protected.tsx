import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import classes from "./rules.module.css";
import type { Part } from "./what";
import { useRuleWords } from "./words";

/** Protected are the tag sets whose refusal never becomes a warning. */
export function Protected({ rules, ask }: Part) {
  const { protect: words, form } = useRuleWords();
  const { restrictive, tagSets } = rules.choices;
  const [chosen, setChosen] = useState(rules.protected);
  const [revision, setRevision] = useState(rules.revision);
  if (revision !== rules.revision) {
    setRevision(rules.revision);
    setChosen(rules.protected);
  }
  const others = [...new Set([...tagSets, ...rules.protected])].filter((t) => !restrictive.includes(t));
  const isSame = chosen.length === rules.protected.length && chosen.every((t) => rules.protected.includes(t));
  const toggle = (name: string, on: boolean) => setChosen(on ? [...chosen, name] : chosen.filter((t) => t !== name));
  return (
    <section>
      <h2>{words.title}</h2>
      <p className="quiet">{words.means}</p>
      <div className={classes.checks}>
        {restrictive.map((t) => (
          <Checkbox key={t} label={t} description={words.always} checked disabled readOnly />
        ))}
        {others.map((t) => (
          <Checkbox
            key={t}
            label={t}
            checked={chosen.includes(t)}
            disabled={!ask}
            onChange={(e) => toggle(t, e.currentTarget.checked)}
          />
        ))}
      </div>
      {ask && !isSame ? (
        <Button
          variant="default"
          onClick={() =>
            ask({
              kind: "act",
              title: form.protect,
              button: form.protectSave,
              change: { do: "protect", tagSets: chosen },
            })
          }
        >
          {words.change}
        </Button>
      ) : null}
    </section>
  );
}
