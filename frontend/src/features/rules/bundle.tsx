import { Button, Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, ask } from "../../api/client";
import type { ImportPreview } from "../../api/types";
import { announce } from "../../components/announce";
import { useSaveFile } from "../../components/save-file";
import { ProblemState } from "../../components/state";
import { Told } from "./effect";
import classes from "./rules.module.css";
import { useRuleWords } from "./words";

const name = "caveat-installation.toml";
const longest = 15_000_000; // bytes, as the operation takes them

/** Bundle exports the whole installation as one file, and shows what one would change before it is imported. */
export function Bundle() {
  const { bundle: words, close } = useRuleWords();
  const file = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [isTooLarge, setTooLarge] = useState(false);
  const save = useSaveFile();
  const preview = useMutation({
    mutationFn: (text: string) => ask(api.POST("/api/installation/import/preview", { body: { text } })),
  });
  const load = async () => (await ask(api.POST("/api/installation/export", {}))).text;
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    setTooLarge(chosen.size > longest);
    if (chosen.size > longest) return;
    const text = await chosen.text();
    setText(text);
    preview.mutate(text);
  };
  const end = () => {
    preview.reset();
    if (file.current) file.current.value = "";
  };
  return (
    <section>
      <h2>{words.title}</h2>
      <p className="quiet">{words.means}</p>
      <div className={classes.buttons}>
        <Button
          variant="default"
          disabled={save.isBusy}
          onClick={() => save.save({ window: { what: "bundle" }, load, name, type: "application/toml" })}
        >
          {words.export}
        </Button>
        <Button variant="default" disabled={preview.isPending} onClick={() => file.current?.click()}>
          {preview.isPending ? words.asking : words.import}
        </Button>
        <input
          ref={file}
          type="file"
          hidden
          accept=".toml"
          aria-label={words.import}
          onChange={(e) => void read(e.currentTarget.files?.[0])}
        />
      </div>
      {isTooLarge ? <p role="alert">{words.tooLarge}</p> : null}
      {save.error ? <ProblemState error={save.error} inline /> : null}
      {preview.error ? <ProblemState error={preview.error} inline /> : null}
      <Modal.Root opened={preview.data !== undefined} onClose={end} size={880} lockScroll={false}>
        <Modal.Overlay />
        <Modal.Content>
          <Modal.Body>
            <div className={classes.title}>
              <Modal.Title>{preview.data ? words.shown(preview.data.name, preview.data.nation) : ""}</Modal.Title>
              <Modal.CloseButton aria-label={close} />
            </div>
            {preview.data ? <Preview shown={preview.data} text={text} close={end} /> : null}
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </section>
  );
}

function Preview({ shown, text, close }: { shown: ImportPreview; text: string; close: () => void }) {
  const { bundle: words, effect } = useRuleWords();
  const take = useMutation({
    mutationFn: () => ask(api.POST("/api/installation/import", { body: { text, revision: shown.revision } })),
  });
  const onSuccess = () => {
    announce(words.done);
    close();
  };
  const n = shown.changes.length;
  return (
    <div className={classes.form}>
      {shown.warnings.length > 0 ? (
        <ul className={classes.warnings}>
          {shown.warnings.map((w) => (
            <li key={w}>{w}</li>
          ))}
        </ul>
      ) : null}
      <p>{n === 0 ? words.same : words.changes(n)}</p>
      <ul className={classes.plain}>
        {shown.changes.map((c, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change
          <li key={i}>
            <details>
              <summary>
                <span className="mono">{c.kind}</span> {c.name} <strong>{words.change[c.change]}</strong>
              </summary>
              {c.before ? <Text title={words.before} text={c.before} /> : null}
              {c.after ? <Text title={words.after} text={c.after} /> : null}
            </details>
          </li>
        ))}
      </ul>
      {shown.secrets.length > 0 ? <p>{words.secrets(shown.secrets.join(", "))}</p> : null}
      <section className={classes.effect}>
        <h3>{effect.title}</h3>
        <Told effect={shown.effect} />
      </section>
      {take.error ? <ProblemState error={take.error} inline /> : null}
      {n > 0 ? (
        <div className={classes.buttons}>
          <Button disabled={take.isPending} onClick={() => take.mutate(undefined, { onSuccess })}>
            {words.save(n)}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Text({ title, text }: { title: string; text: string }) {
  return (
    <>
      <h4>{title}</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre className={`${classes.toml} mono`} tabIndex={0}>
        {text}
      </pre>
    </>
  );
}
