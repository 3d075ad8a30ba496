import { Button } from "@mantine/core";
import { Field } from "../../components/field";
import { ProblemState } from "../../components/state";
import { Certificates } from "./chain";
import classes from "./directories.module.css";
import { useAct } from "./queries";
import { useMayRead } from "./settings";
import { Steps } from "./steps";
import { useDirectoryWords } from "./words";

/** Connection connects to a directory, binds and looks around, and says what it found. */
export function Connection({ name }: { name: string }) {
  const words = useDirectoryWords();
  const { test } = useAct(name);
  const mayRead = useMayRead();
  const t = test.data;
  return (
    <>
      <h2 className={classes.part}>{words.test}</h2>
      {mayRead ? (
        <Button size="xs" variant="default" disabled={test.isPending} onClick={() => test.mutate()}>
          {test.isPending ? words.testing : words.tryIt}
        </Button>
      ) : null}
      {test.error ? <ProblemState error={test.error} inline /> : null}
      {t ? (
        <div role="status">
          <p>
            <strong>{t.ok ? words.answers : words.answersNot}</strong>
          </p>
          <Steps checks={t.checks} />
          <Certificates chain={t.chain} />
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
