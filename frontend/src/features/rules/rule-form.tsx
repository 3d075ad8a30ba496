import { Autocomplete, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Rule, Rules } from "../../api/types";
import { MomentField } from "../../components/moment-field";
import { useWords } from "../../words/language";
import { nationsOf, relaxable } from "./cells";
import classes from "./rules.module.css";
import { Making } from "./sheet";
import { inputTime, isNoTime, timeOf } from "./times";
import { useRuleWords } from "./words";

type Fields = {
  name: string;
  set: string;
  outcome: string;
  nation: string;
  channel: string;
  classification: string;
  from: string;
  until: string;
  trial: boolean;
};

const fieldsOf = (r: Rule | undefined): Fields => ({
  name: r?.name ?? "",
  set: r?.set ?? "",
  outcome: r?.outcome ?? (r ? "" : "unknown"),
  nation: r?.nation ?? "",
  channel: r?.channel ?? "",
  classification: r?.classification ?? "",
  from: inputTime(r?.from),
  until: inputTime(r?.until),
  trial: r?.trial ?? false,
});

/** RuleForm makes a rule, or changes one; what no rule relaxes stands beside it before it is saved (RULES 14). */
export function RuleForm({ rules, at, close }: { rules: Rules; at: number | undefined; close: () => void }) {
  const shared = useWords();
  const { form: words, rules: list } = useRuleWords();
  const [f, setFields] = useState(() => fieldsOf(at === undefined ? undefined : rules.rules[at]));
  const set = (part: Partial<Fields>) => setFields({ ...f, ...part });
  const { from, until, ...rest } = f;
  const rule = { ...rest, ...timeOf("from", from), ...timeOf("until", until) };
  const act = at === undefined ? ({ do: "add-rule", rule } as const) : ({ do: "change-rule", at, rule } as const);
  const every = { value: "", label: words.every };
  return (
    <Making rules={rules} act={act} lack={lackOf(f.name, [from, until], words)} button={words.save.rule} close={close}>
      <div className={classes.fields}>
        <TextInput
          label={words.name}
          description={words.nameHint}
          value={f.name}
          maxLength={200}
          data-autofocus
          onChange={(e) => set({ name: e.currentTarget.value })}
        />
        <Autocomplete
          label={words.set_}
          description={words.setHint}
          value={f.set}
          maxLength={200}
          data={rules.sets.map((s) => s.name)}
          onChange={(v) => set({ set: v })}
        />
        <NativeSelect
          label={words.outcome}
          value={f.outcome}
          onChange={(e) => set({ outcome: e.currentTarget.value })}
          data={[every, ...relaxable.map((o) => ({ value: o, label: shared.outcome[o] }))]}
        />
        <NativeSelect
          label={words.nation}
          value={f.nation}
          onChange={(e) => set({ nation: e.currentTarget.value })}
          data={[every, ...nationsOf(rules)]}
        />
        <NativeSelect
          label={words.channel}
          value={f.channel}
          onChange={(e) => set({ channel: e.currentTarget.value })}
          data={[
            { value: "", label: list.every.channel },
            { value: "mail", label: list.channel.mail ?? "" },
            { value: "chat", label: list.channel.chat ?? "" },
          ]}
        />
        <NativeSelect
          label={words.classification}
          value={f.classification}
          onChange={(e) => set({ classification: e.currentTarget.value })}
          data={[every, ...withOwn(rules.choices.classifications, f.classification)]}
        />
        <MomentField label={words.from} value={f.from} set={(from) => set({ from })} />
        <MomentField label={words.until} value={f.until} set={(until) => set({ until })} />
      </div>
      <Checkbox label={words.trial} checked={f.trial} onChange={(e) => set({ trial: e.currentTarget.checked })} />
      <Limits rules={rules} fields={f} />
    </Making>
  );
}

/** lackOf says what a rule or threshold lacks before it can be tried; "": nothing. */
export function lackOf(name: string, times: readonly string[], words: { noName: string; noTime: string }): string {
  if (!name.trim()) return words.noName;
  return times.some(isNoTime) ? words.noTime : "";
}

/** withOwn keeps a value that is there and none of the choices any more. */
export const withOwn = (choices: readonly string[], own: string) =>
  !own || choices.includes(own) ? [...choices] : [...choices, own];

function Limits({ rules, fields: f }: { rules: Rules; fields: Fields }) {
  const { form: words } = useRuleWords();
  const sets = [...rules.choices.restrictive, ...rules.protected];
  const set = rules.sets.find((s) => s.name === f.set.trim());
  const notes = [
    f.outcome === "" || f.outcome === "not-cleared" ? words.known : "",
    f.outcome === "" || f.outcome === "unknown" || f.outcome === "error" ? words.unknown : "",
    f.until === "" ? words.endless : "",
    f.set.trim() && !set?.active ? words.setOff(f.set.trim()) : "",
  ].filter(Boolean);
  return (
    <div className={classes.limits}>
      <p>
        <strong>{words.limits}</strong> {words.never(sets.join(", "))}
      </p>
      <ul>
        {notes.map((n) => (
          <li key={n}>{n}</li>
        ))}
      </ul>
    </div>
  );
}
