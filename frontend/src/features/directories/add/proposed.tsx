import { Button } from "@mantine/core";
import type { Proposal } from "../../../api/types";
import { Field } from "../../../components/field";
import { Notice } from "../../../components/state";
import { Certificates } from "../chain";
import classes from "../directories.module.css";
import { Steps } from "../steps";
import { useDirectoryWords } from "../words";
import { useStepWords } from "../words-steps";
import { Trust } from "./trust";
import { useAddWords } from "./words";

type Props = {
  proposal: Proposal;
  save: () => void;
  isSaving: boolean;
  name: string;
  /** Whom the server is to be trusted by from now on. */
  trust: (pem: string, name: string) => void;
  pins: string;
  pin: (key: string) => void;
};

/** Proposed is what the program would set up, with the evidence for each part of it. */
export function Proposed({ proposal: p, save, isSaving, name, trust, pins, pin }: Props) {
  const words = useAddWords();
  const stepWords = useStepWords();
  const { strategies } = useDirectoryWords();
  if (p.untrusted) {
    return (
      <>
        <Steps checks={p.checks} untrusted />
        <Trust chain={p.chain} trust={trust} />
      </>
    );
  }
  if (!p.ok) {
    return (
      <>
        <Notice>
          <strong>{words.notAsked}</strong>
          <p>{words.notAskedMeans}</p>
          {p.checks.length === 0 ? <p className="mono">{p.error}</p> : null}
        </Notice>
        <Steps checks={p.checks} />
        <Certificates chain={p.chain} />
      </>
    );
  }
  const named = (s: string) => strategies[s as keyof typeof strategies] ?? s;
  const key = p.certificate?.pin ?? "";
  return (
    <section aria-labelledby="proposed">
      <h2 id="proposed">{words.proposed}</h2>
      {p.problems.length > 0 ? (
        <Notice>
          <strong>{words.problems}</strong>
          <ul className={classes.said}>
            {p.problems.map((x) => (
              <li key={x}>{x}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <dl className={classes.fields}>
        <Field name={words.server}>
          {p.url} {p.vendor ? <span className="quiet">{p.vendor}</span> : null}
        </Field>
        <Field name={words.fields.baseDn}>
          <span className="mono">{p.baseDn}</span>
        </Field>
        <Field name={words.schema}>{p.schema}</Field>
        <Field name={words.strategy}>
          {named(p.strategy)}
          <p className={classes.small}>{stepWords.ways(p.strategies.map(named).join(" · "))}</p>
        </Field>
        <Field name={words.sample}>{words.sampled(p.entries, p.withClearance)}</Field>
        <Field name={words.certificate}>
          {p.certificate ? (
            <>
              <Certificates chain={p.chain} />
              {pins.includes(key) ? (
                <p>{stepWords.pinned}</p>
              ) : (
                <Button size="xs" variant="default" onClick={() => pin(key)}>
                  {stepWords.pin}
                </Button>
              )}
            </>
          ) : null}
        </Field>
      </dl>
      <Steps checks={p.checks} />
      <Evidence rows={p.evidence} />
      <details>
        <summary>{words.toml}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <pre className={`${classes.xml} mono`} tabIndex={0}>
          {p.toml}
        </pre>
      </details>
      <Button disabled={isSaving} onClick={save}>
        {words.save(name)}
      </Button>
    </section>
  );
}

/** Evidence says for each field from which attribute it would be read, and how many of the entries that were looked at have it. */
function Evidence({ rows }: { rows: Proposal["evidence"] }) {
  const words = useAddWords();
  if (rows.length === 0) return null;
  return (
    <table className={classes.evidence}>
      <caption>{words.evidence}</caption>
      <thead>
        <tr>
          <th scope="col">{words.columns.field}</th>
          <th scope="col">{words.columns.attribute}</th>
          <th scope="col">{words.columns.have}</th>
          <th scope="col">{words.columns.example}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={`${r.field} ${r.attribute}`}>
            <th scope="row">{r.field}</th>
            <td className="mono">{r.attribute}</td>
            <td>{words.haveOf(r.have, r.of)}</td>
            <td className="mono">{r.example}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
