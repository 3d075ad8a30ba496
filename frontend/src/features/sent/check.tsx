import { Button } from "@mantine/core";
import type { Report } from "../../api/problem";
import type { Message, Verdict } from "../../api/types";
import { useCopy } from "../../components/copy";
import { Nation } from "../../components/nation";
import { OutcomeMark, outcomeOf } from "../../components/outcome";
import { useCheckWords } from "../draft/check/words";
import { thresholdsOf } from "../draft/shape";
import { VerdictLine } from "./recipients";
import classes from "./sent.module.css";
import { useSentWords } from "./words";

/** CheckAtSend is what the whole message was cleared on: the policy in its exact edition, the originator, overrides. */
export function CheckAtSend({ message, report }: { message: Message; report: Report | null }) {
  const { check: words } = useSentWords();
  if (!report) {
    return (
      <>
        <h2>{words.title}</h2>
        <p className="quiet">{words.none}</p>
      </>
    );
  }
  return (
    <>
      <h2>{words.title}</h2>
      {message.overridden ? <Overridden report={report} /> : null}
      {report.sendable ? <p>{words.all(report.recipients.length)}</p> : null}
      <VerdictLine name={words.originator} verdict={report.originator} />
      <Policy verdict={report.originator} />
    </>
  );
}

/** Overridden names those for whom the user's reason stood in for a clearing. */
function Overridden({ report }: { report: Report }) {
  const { check: words } = useSentWords();
  const { thresholds } = useCheckWords();
  const warned = report.recipients.filter((r) => r.verdict.action === "warn");
  return (
    <div className={classes.overridden} role="note">
      <p>{words.overridden}</p>
      <p>{words.overriddenFor}</p>
      <ul>
        {report.originator.action === "warn" ? (
          <li>
            <OutcomeMark outcome={report.originator.outcome} /> {words.you}
          </li>
        ) : null}
        {warned.map((r) => (
          <li key={r.address}>
            <OutcomeMark outcome={outcomeOf(r)} /> <Nation code={r.nation} /> {r.name || r.address}
          </li>
        ))}
        {thresholdsOf(report).map((t) => (
          <li key={t.name}>{thresholds.rule(t.name)}</li>
        ))}
      </ul>
    </div>
  );
}

const shortHash = 12; // characters: enough to compare by eye

function Policy({ verdict }: { verdict: Verdict }) {
  const { check: words } = useSentWords();
  const { copied, copy } = useCopy();
  const { policy } = verdict.evidence;
  if (!policy.name) return null;
  return (
    <dl className={classes.fields}>
      <div>
        <dt>{words.policy}</dt>
        <dd>
          {policy.name}, {words.version(policy.version)}
        </dd>
      </div>
      <div>
        <dt>{words.sha}</dt>
        <dd>
          <span className="mono" title={policy.sha256}>
            {policy.sha256.slice(0, shortHash)}…
          </span>{" "}
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => copy(policy.sha256)}
            aria-label={`${words.copy} SHA-256`}
          >
            {copied ? words.copied : words.copy}
          </Button>
        </dd>
      </div>
      {policy.mode ? (
        <div>
          <dt>{words.mode}</dt>
          <dd>{words.modes[policy.mode] ?? policy.mode}</dd>
        </div>
      ) : null}
    </dl>
  );
}
