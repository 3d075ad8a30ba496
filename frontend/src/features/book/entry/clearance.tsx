import { Button } from "@mantine/core";
import { useState } from "react";
import { useRoles } from "../../../api/queries";
import type { HeldClearance } from "../../../api/types";
import { Field } from "../../../components/field";
import { ProblemState, SkeletonRows } from "../../../components/state";
import classes from "../book.module.css";
import { useHeld } from "./queries";
import { useEntryWords } from "./words";

/** Clearance is what an entry holds, in words and as published: for administrators and auditors only (RULES 19). */
export function Clearance({ id, level: Heading }: { id: string; level: "h2" | "h3" }) {
  const words = useEntryWords();
  const roles = useRoles();
  const [opened, setOpened] = useState(false);
  const held = useHeld(id, opened);
  if (!roles.includes("administrator") && !roles.includes("auditor")) return null;
  return (
    <>
      <Heading className={classes.part}>{words.held}</Heading>
      {opened ? null : (
        <Button size="xs" variant="default" onClick={() => setOpened(true)}>
          {words.showHeld}
        </Button>
      )}
      {held.isError ? <ProblemState error={held.error} inline /> : null}
      {opened && held.isPending ? <SkeletonRows rows={3} label={words.loading} /> : null}
      {held.data?.clearances.length === 0 ? <p className={classes.small}>{words.published(0)}</p> : null}
      {held.data?.clearances.map((c) => (
        <One key={c.xml} held={c} />
      ))}
    </>
  );
}

function One({ held: c }: { held: HeldClearance }) {
  const words = useEntryWords();
  return (
    <>
      <dl className={classes.fields}>
        <Field name={words.policy}>
          {c.policy} {c.known ? null : <span className="quiet">{words.policyUnknown}</span>}
        </Field>
        <Field name={words.classifications}>{c.classifications.join(", ")}</Field>
        {c.categories.map((t) => (
          <Field key={`${t.tagSet} ${t.type}`} name={t.tagSet}>
            {t.values.join(", ")} <span className="quiet">{words.types[t.type]}</span>
          </Field>
        ))}
        <Field name={words.problems}>{c.problems.join(" ")}</Field>
      </dl>
      <details>
        <summary>{words.xml}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <pre className={`${classes.xml} mono`} tabIndex={0}>
          {c.xml}
        </pre>
      </details>
    </>
  );
}
