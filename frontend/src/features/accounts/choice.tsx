import { MultiSelect, NativeSelect } from "@mantine/core";
import { usePolicies } from "../../api/queries";
import type { ClearanceInput } from "../../api/types";
import classes from "./accounts.module.css";
import { useAccountWords } from "./words";

type Props = {
  legend: string;
  hint?: string;
  /** Of a clearance everything up to the classification counts; of a label it alone. */
  of: "clearance" | "label";
  value: ClearanceInput | undefined;
  change: (value: ClearanceInput | undefined) => void;
};

/** Choice is a clearance, or a label, by the names of a policy. For a clearance the classification stands in `upTo`, for a label too. */
export function Choice({ legend, hint, of, value, change }: Props) {
  const { choice: words } = useAccountWords();
  const policies = usePolicies().data ?? [];
  const policy = policies.find((p) => p.name === value?.policy);
  const classes_ = policy?.classifications.filter((c) => !c.obsolete) ?? [];
  const sets = policy?.tagSets ?? [];
  const take = (name: string) => {
    const next = policies.find((p) => p.name === name);
    change(next ? { policy: next.name, upTo: lowest(next.classifications), categories: {} } : undefined);
  };
  const put = (set: string, values: string[]) => {
    const { [set]: _, ...others } = value?.categories ?? {};
    change({ ...value, categories: values.length > 0 ? { ...others, [set]: values } : others });
  };
  return (
    <fieldset>
      <legend>{legend}</legend>
      {hint ? <p className={classes.small}>{hint}</p> : null}
      {value?.xml ? <p>{words.xml}</p> : null}
      <NativeSelect
        label={words.policy}
        value={value?.policy ?? ""}
        onChange={(e) => take(e.currentTarget.value)}
        data={[{ value: "", label: words.none }, ...policies.map((p) => ({ value: p.name, label: p.name }))]}
      />
      {policy && value ? (
        <>
          <NativeSelect
            label={of === "clearance" ? words.upTo : words.classification}
            value={value.upTo ?? ""}
            onChange={(e) => change({ ...value, upTo: e.currentTarget.value })}
            data={classes_.map((c) => c.name)}
          />
          {sets.map((s) => (
            <MultiSelect
              key={s.name}
              label={s.name}
              value={value.categories?.[s.name] ?? []}
              onChange={(v) => put(s.name, v)}
              data={[...new Set(s.tags.flatMap((t) => t.values.filter((x) => !x.obsolete).map((x) => x.name)))]}
              searchable
              comboboxProps={{ withinPortal: false }}
            />
          ))}
        </>
      ) : null}
    </fieldset>
  );
}

const lowest = (all: { name: string; hierarchy: number }[]) =>
  [...all].sort((a, b) => a.hierarchy - b.hierarchy)[0]?.name ?? "";
