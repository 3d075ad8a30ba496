import { NativeSelect } from "@mantine/core";
import { auths, type Form, isOnToken } from "./form-state";
import { Secret, Text } from "./text";
import { useAddWords } from "./words";
import { useLoginWords } from "./words-login";

type Props = { form: Form; set: (part: Partial<Form>) => void };

/** Login asks how we prove to the server who we are, and for what that needs. Files are those of the machine that runs the program. */
export function Login({ form, set }: Props) {
  const words = useLoginWords();
  const { fields } = useAddWords();
  return (
    <>
      <NativeSelect
        label={fields.auth}
        description={words.means[form.auth]}
        value={form.auth}
        onChange={(e) => set({ auth: auths.find((a) => a === e.currentTarget.value) ?? "anonymous" })}
        data={auths.map((a) => ({ value: a, label: words.auths[a] }))}
      />
      <Details form={form} set={set} />
    </>
  );
}

function Details({ form, set }: Props) {
  const words = useLoginWords();
  const { fields, hints } = useAddWords();
  const field = { form, set };
  switch (form.auth) {
    case "simple":
      return (
        <>
          <Text {...field} name="bindDn" label={fields.bindDn} hint={hints.bindDn} />
          <Secret {...field} name="password" label={fields.password} hint={hints.password} />
        </>
      );
    case "external":
      return (
        <>
          <Text {...field} name="key" label={words.key} hint={words.keyHint} />
          {isOnToken(form) ? (
            <Secret {...field} name="pin" label={words.pin} hint={hints.password} />
          ) : (
            <Text {...field} name="certificate" label={words.certificate} hint={words.certificateHint} />
          )}
        </>
      );
    case "gssapi":
      return (
        <>
          <Text {...field} name="krb5" label={words.krb5} hint={words.krb5Hint} />
          <Text {...field} name="keytab" label={words.keytab} hint={words.keytabHint} />
          {form.keytab.trim() ? (
            <Text {...field} name="principal" label={words.principal} hint={words.principalHint} />
          ) : (
            <Text {...field} name="ccache" label={words.ccache} hint={words.ccacheHint} />
          )}
        </>
      );
    case "anonymous":
      return null;
  }
}
