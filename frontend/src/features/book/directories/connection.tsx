import { Button } from "@mantine/core";
import { BrokenIcon, ClearedIcon } from "../../../components/icons";
import { ProblemState } from "../../../components/state";
import classes from "../book.module.css";
import { Field } from "../entry/fields";
import { useAct } from "./queries";
import { useDirectoryWords } from "./words";

/** Connection connects to a directory, binds and looks around, and says what it found. */
export function Connection({ name }: { name: string }) {
  const words = useDirectoryWords();
  const { test } = useAct(name);
  const t = test.data;
  return (
    <>
      <h2 className={classes.part}>{words.test}</h2>
      <Button size="xs" variant="default" disabled={test.isPending} onClick={() => test.mutate()}>
        {test.isPending ? words.testing : words.tryIt}
      </Button>
      {test.error ? <ProblemState error={test.error} inline /> : null}
      {t ? (
        <div role="status">
          <p>
            <strong>{t.ok ? words.answers : words.answersNot}</strong>
          </p>
          {t.error ? <p className="mono">{t.error}</p> : null}
          <ul className={classes.checks}>
            {t.checks.map((c) => (
              <li key={c.step + c.text} data-ok={c.ok}>
                {c.ok ? <ClearedIcon /> : <BrokenIcon />}
                <span>
                  <strong>{words.steps[c.step]}</strong> {c.ok ? "" : `(${words.stepFailed})`} {c.text}
                </span>
              </li>
            ))}
          </ul>
          <dl className={classes.fields}>
            <Field name={words.sources}>{t.url ? <span className="mono">{t.url}</span> : null}</Field>
            <Field name={words.vendor}>{t.vendor}</Field>
            <Field name={words.contexts}>{t.namingContexts.join(" · ")}</Field>
            <Field name={words.columns.entries}>{t.ok ? words.sample(t.entries, t.withClearance) : null}</Field>
          </dl>
        </div>
      ) : null}
    </>
  );
}
