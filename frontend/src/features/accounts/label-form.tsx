import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { ClearanceInput, DefaultLabel } from "../../api/types";
import { announce } from "../../components/announce";
import { DetailHead } from "../../components/split";
import { Text } from "./account-form";
import classes from "./accounts.module.css";
import { Choice } from "./choice";
import { NotSaved } from "./failed-form";
import { useDefaultLabelActs } from "./queries";
import { useAccountWords } from "./words";

type Props = { stored: DefaultLabel | undefined; managed: boolean; done: (of?: string) => void };

/** LabelForm is the default label of a domain or room. */
export function LabelForm({ stored, managed, done }: Props) {
  const words = useAccountWords();
  const { label: own } = words;
  const s = stored?.settings;
  const [of, setOf] = useState(s?.domain || s?.room || "");
  const [label, setLabel] = useState<ClearanceInput | undefined>(
    s?.policy
      ? { policy: s.policy, upTo: s.classification ?? "", categories: s.categories ?? {} }
      : s?.xml
        ? { xml: s.xml }
        : undefined,
  );
  const { save, remove } = useDefaultLabelActs();
  const lacks = of.trim() === "" || !label?.policy;
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (lacks || managed) return;
    const name = of.trim();
    save.mutate(
      {
        ...(name.includes("@") ? { room: name } : { domain: name }),
        policy: label.policy ?? "",
        classification: label.upTo ?? "",
        categories: label.categories ?? {},
      },
      {
        onSuccess: () => {
          announce(words.saved(name));
          done(name.toLowerCase());
        },
      },
    );
  };
  const onRemoved = () => {
    announce(words.removed(of));
    done();
  };
  return (
    <article className={classes.detail}>
      <DetailHead id={stored ? of : "new"} title={stored ? of : own.new} close={done} />
      <section>
        <form className={classes.form} onSubmit={onSubmit}>
          <fieldset disabled={managed} className={classes.whole}>
            {stored ? null : <Text label={own.domain} hint={own.domainHint} value={of} change={setOf} />}
            <Choice legend={own.label} of="label" value={label} change={setLabel} />
          </fieldset>
          {managed ? null : (
            <div className={classes.line}>
              <Button type="submit" disabled={lacks || save.isPending}>
                {save.isPending ? words.saving : words.save}
              </Button>
              {lacks ? <span className="quiet">{own.lacks}</span> : null}
            </div>
          )}
        </form>
        <NotSaved error={save.error} />
        {stored && !managed ? (
          <details className={classes.more}>
            <summary>{words.removal}</summary>
            <Button
              variant="default"
              disabled={remove.isPending}
              onClick={() => remove.mutate(of, { onSuccess: onRemoved })}
            >
              {words.remove(of)}
            </Button>
            <NotSaved error={remove.error} />
          </details>
        ) : null}
      </section>
    </article>
  );
}
