import { Button } from "@mantine/core";
import type { Proposal } from "../../../../api/types";
import { Notice } from "../../../../components/state";
import { useLanguage } from "../../../../words/language";
import { longDate } from "../../../../words/time";
import classes from "../../book.module.css";
import { Field } from "../../entry/fields";
import { useDirectoryWords } from "../words";
import { useAddWords } from "./words";
import { useLoginWords } from "./words-login";

type Props = { proposal: Proposal; save: () => void; isSaving: boolean; mode: string; name: string };

/** Proposed is what the program would set up, with the evidence for each part of it. */
export function Proposed({ proposal: p, save, isSaving, name }: Props) {
  const words = useAddWords();
  const { steps } = useLoginWords();
  const { strategies } = useDirectoryWords();
  const { language } = useLanguage();
  if (!p.ok) {
    return (
      <Notice>
        <strong>{words.notAsked}</strong>
        {p.step ? <p>{steps[p.step]}</p> : null}
        <p className="mono">{p.error}</p>
        <p>{words.notAskedMeans}</p>
      </Notice>
    );
  }
  const strategy = strategies[p.strategy as keyof typeof strategies] ?? p.strategy;
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
        <Field name={words.strategy}>{strategy}</Field>
        <Field name={words.certificate}>
          {p.certificate ? (
            <>
              {p.certificate.subject}
              <p className={classes.small}>
                {words.issued(p.certificate.issuer, longDate(p.certificate.notAfter, language))}
              </p>
              <p className="mono">{p.certificate.pin}</p>
            </>
          ) : null}
        </Field>
      </dl>
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
