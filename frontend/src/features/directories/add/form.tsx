import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import classes from "../directories.module.css";
import { Advanced } from "./advanced";
import { type Form as Fields, lackOf, pemOf, withURL } from "./form-state";
import { Login } from "./login";
import { useAddWords } from "./words";

type Props = { form: Fields; change: (form: Fields) => void; ask: () => void; isAsking: boolean };

const longest = 1_000_000; // bytes of a CA file

/** Form is what must be known of a server before it can be asked; what it lacks stands beside the button. */
export function Form({ form: f, change, ask, isAsking }: Props) {
  const words = useAddWords();
  const lack = lackOf(f);
  const set = (part: Partial<Fields>) => change({ ...f, ...part });
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (!lack) ask();
  };
  const text = (key: "name" | "nation" | "baseDn" | "mailDomains" | "chatDomains", maxLength = 1000) => ({
    label: words.fields[key],
    description: words.hints[key],
    value: f[key],
    maxLength,
    autoComplete: "off",
    spellCheck: false,
    onChange: (e: { currentTarget: HTMLInputElement }) => set({ [key]: e.currentTarget.value }),
  });
  return (
    <form className={classes.form} onSubmit={onSubmit}>
      <TextInput
        label={words.fields.url}
        description={words.hints.url}
        value={f.url}
        autoComplete="off"
        spellCheck={false}
        onChange={(e) => change(withURL(f, e.currentTarget.value))}
      />
      <TextInput {...text("name", 64)} />
      <TextInput {...text("nation", 16)} />
      <NativeSelect
        label={words.fields.security}
        description={words.securityMeans[f.security]}
        value={f.security}
        onChange={(e) => set({ security: securities.find((s) => s === e.currentTarget.value) ?? "starttls" })}
        data={securities.map((s) => ({ value: s, label: words.securities[s], disabled: !fits(f.url, s) }))}
      />
      {f.security === "plain" ? null : <CAFile name={f.caName} take={(caPem, caName) => set({ caPem, caName })} />}
      <Login form={f} set={set} />
      <TextInput {...text("baseDn")} />
      <TextInput {...text("mailDomains")} />
      <TextInput {...text("chatDomains")} />
      <NativeSelect
        label={words.fields.mode}
        description={words.modeMeans[f.mode]}
        value={f.mode}
        onChange={(e) => set({ mode: e.currentTarget.value === "mirror" ? "mirror" : "look-up" })}
        data={[
          { value: "look-up", label: words.modes["look-up"] },
          { value: "mirror", label: words.modes.mirror },
        ]}
      />
      <Advanced form={f} set={set} />
      <div className={classes.line}>
        <Button type="submit" disabled={lack !== undefined || isAsking}>
          {isAsking ? words.asking : words.ask}
        </Button>
        {lack ? <span className="quiet">{words.lacks[lack]}</span> : null}
      </div>
    </form>
  );
}

const securities = ["ldaps", "starttls", "plain"] as const;

const fits = (url: string, s: (typeof securities)[number]) =>
  url.toLowerCase().startsWith("ldaps://") === (s === "ldaps");

/** CAFile reads the certificates of a CA. Their bytes go into the question as text: a file in a body would end the window. */
function CAFile({ name, take }: { name: string; take: (pem: string, name: string) => void }) {
  const words = useAddWords();
  const id = useId();
  const [wrong, setWrong] = useState("");
  const read = async (file: File | undefined) => {
    if (!file) return;
    const pem = file.size > longest ? undefined : pemOf(new Uint8Array(await file.arrayBuffer()));
    setWrong(pem === undefined ? file.name : "");
    take(pem ?? "", pem === undefined ? "" : file.name);
  };
  return (
    <div className={classes.file}>
      <label htmlFor={id}>{words.fields.ca}</label>
      <p className={classes.small} id={`${id}-hint`}>
        {words.hints.ca}
      </p>
      <input
        id={id}
        type="file"
        accept=".pem,.crt,.cer,.der"
        aria-describedby={`${id}-hint`}
        onChange={(e) => void read(e.currentTarget.files?.[0])}
      />
      <p role="status">{wrong ? words.notCA(wrong) : name ? words.isCA(name) : ""}</p>
    </div>
  );
}
