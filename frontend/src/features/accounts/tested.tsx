import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { AccountTest } from "../../api/types";
import { BrokenIcon, ClearedIcon } from "../../components/icons";
import { useLanguage } from "../../words/language";
import { longDate } from "../../words/time";
import classes from "./accounts.module.css";
import { useAccountWords } from "./words";

type Props = { test: AccountTest; trust: (pem: string) => void; pin: (pin: string) => void };

/** Tested is what a test found, step by step: in plain words, and the server's own under them. */
export function Tested({ test: t, trust, pin }: Props) {
  const { test: words } = useAccountWords();
  const steps = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another test is another answer, below what may be a long form
  useEffect(() => {
    steps.current?.scrollIntoView({ block: "nearest" });
  }, [t]);
  return (
    <div className={classes.tested} role="status">
      <div ref={steps}>
        <h2>{t.ok ? words.ok : words.failed}</h2>
        <ul className={classes.checks}>
          {t.steps.map((s) => (
            <li key={s.step} data-ok={s.ok}>
              {s.ok ? <ClearedIcon /> : <BrokenIcon />}
              <div>
                <strong>{words.steps[s.step]}</strong> {s.ok ? "" : `(${words.stepFailed})`} {s.text}
                {s.said ? (
                  <p className={classes.small}>
                    {words.said} <span className="mono">{s.said}</span>
                  </p>
                ) : null}
              </div>
            </li>
          ))}
        </ul>
      </div>
      <Chain test={t} trust={trust} pin={pin} />
      <Can test={t} />
    </div>
  );
}

/** Chain is what the server showed, whether it is believed or not. */
function Chain({ test: t, trust, pin }: Props) {
  const { test: words } = useAccountWords();
  const { language } = useLanguage();
  const last = t.chain.at(-1);
  const isBelieved = t.steps.some((s) => s.step === "certificate" && s.ok);
  if (t.chain.length === 0) return null;
  return (
    <section aria-labelledby="chain">
      <h3 id="chain">{words.chain}</h3>
      <p className={classes.small}>{words.chainHint}</p>
      {t.chain.map((c, i) => (
        <div key={c.sha256} className={classes.certificate}>
          <strong>{c.subject}</strong>
          <dl className={classes.facts}>
            {c.names.length > 0 ? <Fact name={words.names}>{c.names.join(", ")}</Fact> : null}
            <Fact name={words.issuer}>{c.issuer}</Fact>
            <Fact name={words.until}>{longDate(c.notAfter, language)}</Fact>
            <Fact name={words.fingerprint}>
              <span className="mono">{c.sha256.replaceAll(":", " ")}</span>
            </Fact>
            <Fact name={words.pinOf}>
              <span className="mono">{c.pin}</span>
            </Fact>
          </dl>
          <div className={classes.line}>
            {c === last && !isBelieved ? (
              <Button size="xs" variant="default" onClick={() => trust(c.pem)}>
                {words.trust}
              </Button>
            ) : null}
            {i === 0 ? (
              <Button size="xs" variant="default" onClick={() => pin(c.pin)}>
                {words.pin}
              </Button>
            ) : null}
          </div>
        </div>
      ))}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Can({ test: t }: { test: AccountTest }) {
  const { test: words } = useAccountWords();
  const { language } = useLanguage();
  const said = (text = "") => (/^\d+$/.test(text) ? Number(text).toLocaleString(language) : text);
  const name = (n: string) => words.abilities[n as keyof typeof words.abilities] ?? n;
  if (t.can.length === 0) return null;
  return (
    <section aria-labelledby="can">
      <h3 id="can">{words.can}</h3>
      <table className={classes.can} aria-labelledby="can">
        <tbody>
          {t.can.map((a) => (
            <tr key={a.name}>
              <th scope="row">{name(a.name)}</th>
              <td>{a.ok ? said(a.text) || words.yes : words.no}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
