import { Textarea } from "@mantine/core";
import classes from "../directories.module.css";
import type { Form } from "./form-state";
import { Text } from "./text";
import { useLoginWords } from "./words-login";

type Props = { form: Form; set: (part: Partial<Form>) => void };

/** Advanced is what few servers need: left empty, the delivered values hold. */
export function Advanced({ form, set }: Props) {
  const { advanced: words } = useLoginWords();
  const field = { form, set };
  return (
    <details className={classes.advanced}>
      <summary>{words.title}</summary>
      {form.security === "plain" ? null : (
        <>
          <Text {...field} name="serverName" label={words.serverName} hint={words.serverNameHint} />
          <Text {...field} name="pins" label={words.pins} hint={words.pinsHint} />
          <Textarea
            label={words.crls}
            description={words.crlsHint}
            value={form.crls}
            maxLength={10_000}
            rows={2}
            spellCheck={false}
            onChange={(e) => set({ crls: e.currentTarget.value })}
          />
        </>
      )}
      <Text {...field} name="referrals" label={words.referrals} hint={words.referralsHint} />
      <Text {...field} name="timeout" label={words.timeout} hint={words.timeoutHint} />
      <Text {...field} name="pageSize" label={words.pageSize} hint={words.pageSizeHint} />
      <Text {...field} name="rate" label={words.rate} hint={words.rateHint} />
    </details>
  );
}
