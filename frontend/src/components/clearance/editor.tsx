import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { usePolicies } from "../../api/queries";
import type { Clearance } from "../../api/types";
import classes from "./clearance.module.css";
import { useClearanceWords } from "./words";

type Props = { value: Clearance; change: (value: Clearance) => void };

/** ClearanceEditor chooses a clearance by the names of the governing policy: a classification with all below it, and the values held. */
export function ClearanceEditor({ value: v, change }: Props) {
  const words = useClearanceWords();
  const policies = usePolicies();
  const policy = policies.data?.find((p) => p.name === v.policy) ?? policies.data?.[0];
  if (!policy) return null;
  if (v.xml || v.classifications?.length) {
    return (
      <div className={classes.editor}>
        <p className="quiet">{v.xml ? words.asXML : words.classes(v.classifications?.join(", ") ?? "")}</p>
        <Button size="xs" variant="default" onClick={() => change({ policy: policy.name, upTo: "" })}>
          {words.anew}
        </Button>
      </div>
    );
  }
  const base = { policy: policy.name, upTo: v.upTo ?? "", categories: v.categories ?? {} };
  const toggle = (set: string, name: string, on: boolean) => {
    const { [set]: held = [], ...others } = base.categories;
    const next = on ? [...held, name] : held.filter((x) => x !== name);
    change({ ...base, categories: next.length > 0 ? { ...others, [set]: next } : others });
  };
  return (
    <div className={classes.editor}>
      <NativeSelect
        label={words.upTo}
        value={base.upTo}
        onChange={(e) => change({ ...base, upTo: e.currentTarget.value })}
        data={[
          { value: "", label: words.choose, disabled: true },
          ...policy.classifications
            .filter((c) => !c.obsolete)
            .toSorted((a, b) => a.hierarchy - b.hierarchy)
            .map((c) => c.name),
        ]}
      />
      {policy.tagSets
        .filter((s) => valuesOf(s).length > 0)
        .map((s) => (
          <fieldset key={s.name} className={classes.set}>
            <legend>{s.name}</legend>
            {valuesOf(s).map((name) => (
              <Checkbox
                key={name}
                label={name}
                checked={base.categories[s.name]?.includes(name) ?? false}
                onChange={(e) => toggle(s.name, name, e.currentTarget.checked)}
              />
            ))}
          </fieldset>
        ))}
    </div>
  );
}

type Policies = NonNullable<ReturnType<typeof usePolicies>["data"]>;

/** valuesOf lists what can be held of a tag set: a value that stands under two types once, and nothing that only informs. */
function valuesOf(set: Policies[number]["tagSets"][number]): string[] {
  const held = set.tags.filter((t) => t.type !== "INFORMATIVE").flatMap((t) => t.values);
  return [...new Set(held.filter((v) => !v.obsolete).map((v) => v.name))];
}

/** useClearanceText says a clearance in one line. */
export function useClearanceText(): (c: Clearance) => string {
  const words = useClearanceWords();
  return (c) => {
    if (c.xml) return "XML";
    const top = c.upTo
      ? `${words.upTo} ${c.upTo}`
      : c.classifications?.length
        ? c.classifications.join(", ")
        : words.none;
    const sets = Object.entries(c.categories ?? {}).map(([set, values]) => `${set}: ${values.join(", ")}`);
    return [top, ...sets].join(" · ");
  };
}
