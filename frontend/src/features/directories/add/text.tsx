import { PasswordInput, TextInput } from "@mantine/core";
import type { Form } from "./form-state";

/** Keys of the form that hold typed text. */
export type TextKey = { [K in keyof Form]: string extends Form[K] ? K : never }[keyof Form];

type Props = {
  form: Form;
  set: (part: Partial<Form>) => void;
  name: TextKey;
  label: string;
  hint?: string;
  maxLength?: number;
};

/** Text is a field of the form that holds typed text as it is: nothing completes or corrects it. */
export function Text({ form, set, name, label, hint, maxLength = 1000 }: Props) {
  return (
    <TextInput
      label={label}
      description={hint}
      value={form[name]}
      maxLength={maxLength}
      autoComplete="off"
      spellCheck={false}
      onChange={(e) => set({ [name]: e.currentTarget.value })}
    />
  );
}

/** Secret is a field whose text is not shown. */
export function Secret({ form, set, name, label, hint }: Props) {
  return (
    <PasswordInput
      label={label}
      description={hint}
      value={form[name]}
      maxLength={4096}
      autoComplete="off"
      onChange={(e) => set({ [name]: e.currentTarget.value })}
    />
  );
}
