import { Autocomplete, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Rules } from "../../api/types";
import { MomentField } from "../../components/moment-field";
import { lackOf, withOwn } from "./rule-form";
import classes from "./rules.module.css";
import { Making } from "./sheet";
import { inputTime, timeOf } from "./times";
import { useRuleWords } from "./words";

/** ThresholdForm makes a bound on how many may get a label, or changes one. */
export function ThresholdForm({ rules, at, close }: { rules: Rules; at: number | undefined; close: () => void }) {
  const { form: words, thresholds, rules: list } = useRuleWords();
  const [f, setFields] = useState(() => {
    const t = at === undefined ? undefined : rules.thresholds[at];
    return {
      name: t?.name ?? "",
      set: t?.set ?? "",
      classification: t?.classification ?? "",
      limit: t?.limit ?? 50,
      action: t?.action ?? ("warn" as const),
      from: inputTime(t?.from),
      until: inputTime(t?.until),
    };
  });
  const set = (part: Partial<typeof f>) => setFields({ ...f, ...part });
  const { from, until, ...rest } = f;
  const threshold = { ...rest, ...timeOf("from", from), ...timeOf("until", until) };
  const act =
    at === undefined
      ? ({ do: "add-threshold", threshold } as const)
      : ({ do: "change-threshold", at, threshold } as const);
  return (
    <Making
      rules={rules}
      act={act}
      lack={lackOf(f.name, [from, until], words)}
      button={words.save.threshold}
      close={close}
    >
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
          label={words.above}
          value={f.classification}
          onChange={(e) => set({ classification: e.currentTarget.value })}
          data={[
            { value: "", label: list.every.classification },
            ...withOwn(rules.choices.classifications, f.classification),
          ]}
        />
        <NumberInput
          label={words.limit}
          value={f.limit}
          min={0}
          max={100_000_000}
          allowDecimal={false}
          onChange={(v) => set({ limit: Number(v) || 0 })}
        />
        <NativeSelect
          label={words.action}
          value={f.action}
          onChange={(e) => set({ action: e.currentTarget.value === "block" ? "block" : "warn" })}
          data={[
            { value: "warn", label: thresholds.actions.warn },
            { value: "block", label: thresholds.actions.block },
          ]}
        />
        <span />
        <MomentField label={words.from} value={f.from} set={(from) => set({ from })} />
        <MomentField label={words.until} value={f.until} set={(until) => set({ until })} />
      </div>
    </Making>
  );
}
