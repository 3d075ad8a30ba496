import { Button, Textarea } from "@mantine/core";
import { useId, useState } from "react";
import type { PolicyLint, PolicyVersion } from "../../api/types";
import { announce } from "../../components/announce";
import { DetailHead } from "../../components/split";
import { ProblemState } from "../../components/state";
import classes from "./policies.module.css";
import { useLoad } from "./queries";
import { usePolicyWords } from "./words";

type Props = {
  close: () => void;
  loaded: (v: PolicyVersion) => void;
  /** Why nobody can load one here, in words; "": the user may. */
  barred: string;
};

const longest = 8 * 1024 * 1024; // bytes, as the program reads them

/** Load takes a policy's document, from who may load one; whoever else comes to its address is told why there is no form. */
export function Load({ close, loaded, barred }: Props) {
  const words = usePolicyWords();
  return (
    <article className={classes.detail}>
      <DetailHead id="load" title={words.load} close={close} />
      <section className={classes.load}>{barred ? <p>{barred}</p> : <Form loaded={loaded} />}</section>
    </article>
  );
}

/** Form has a document chosen or pasted, examined first, then kept. Nothing is put in force by it. */
function Form({ loaded }: Pick<Props, "loaded">) {
  const words = usePolicyWords();
  const id = useId();
  const { lint, load } = useLoad();
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const change = (next: string) => {
    setText(next);
    setWrong("");
    lint.reset();
    load.reset();
  };
  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > longest) {
      setWrong(words.tooLong(file.name));
      return;
    }
    try {
      // Its bytes are what is signed and what its SHA-256 names: what is no UTF-8 is not read as if it were.
      const document = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
      change(document);
      lint.mutate(document);
    } catch {
      setWrong(words.notText(file.name));
    }
  };
  const keep = () =>
    load.mutate(text, {
      onSuccess: (v) => {
        announce(words.loaded(words.version(v.name, v.version)));
        loaded(v);
      },
    });
  return (
    <>
      <p className="quiet">{words.loadAbout}</p>
      <div className={classes.file}>
        <label htmlFor={id}>{words.file}</label>
        <input id={id} type="file" accept=".xml,.spif" onChange={(e) => void read(e.currentTarget.files?.[0])} />
        <p role="status">{wrong}</p>
      </div>
      <Textarea
        label={words.paste}
        value={text}
        rows={8}
        spellCheck={false}
        classNames={{ input: "mono" }}
        onChange={(e) => change(e.currentTarget.value)}
      />
      <div className={classes.line}>
        <Button
          variant={lint.data?.usable ? "default" : "filled"}
          disabled={text.trim() === "" || lint.isPending}
          onClick={() => lint.mutate(text)}
        >
          {lint.isPending ? words.examining : words.examine}
        </Button>
        {lint.data?.usable ? (
          <Button disabled={load.isPending} onClick={keep}>
            {lint.data.known ? words.openKnown : words.keep(words.version(lint.data.name, lint.data.version))}
          </Button>
        ) : null}
      </div>
      {lint.error ? <ProblemState error={lint.error} inline /> : null}
      {load.error ? <ProblemState error={load.error} inline /> : null}
      {lint.data ? <Findings lint={lint.data} /> : null}
    </>
  );
}

/** Findings is what lint has to say, with lines. */
function Findings({ lint }: { lint: PolicyLint }) {
  const words = usePolicyWords();
  return (
    <>
      <div role="status">
        <h2>
          {lint.usable
            ? words.usable(words.version(lint.name, lint.version), lint.warnings, lint.notes)
            : words.refused(lint.errors)}
        </h2>
      </div>
      <ul className={classes.findings}>
        {lint.findings.map((f) => (
          <li key={`${f.line}:${f.column}:${f.rule}:${f.text}`} data-severity={f.severity}>
            <span className={classes.where}>
              {words.severities[f.severity]} · {words.line(f.line, f.column)}
            </span>
            <span>{f.text}</span>
            <span className="quiet mono">{f.rule}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
