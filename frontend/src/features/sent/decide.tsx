import { Button } from "@mantine/core";
import { useLocation } from "wouter";
import { Problem, type Report } from "../../api/problem";
import { useShell } from "../../api/queries";
import type { Message } from "../../api/types";
import { announce } from "../../components/announce";
import { SaveIcon } from "../../components/icons";
import { place } from "../../components/place";
import { ProblemDetails, ProblemState } from "../../components/state";
import { seenOf } from "../draft/seen";
import { Blocked } from "./blocked";
import { needsDecision, pending, useDecide, useSave, wireOf } from "./queries";
import classes from "./sent.module.css";
import { StateMark, stateMeans, stateWord } from "./state";
import { useSentWords } from "./words";

/** Decide asks what is to become of a message that was held or perhaps delivered. The buttons say exactly what will happen. */
export function Decide({ message: m, report }: { message: Message; report: Report | null | undefined }) {
  const sent = useSentWords();
  const words = sent.decide;
  const [, go] = useLocation();
  const { resend, drop } = useDecide(m.id);
  const n = pending(m);
  const isHeld = m.state === "held";
  const isBusy = resend.isPending || drop.isPending;
  const shown = (resend.error instanceof Problem && resend.error.report) || report;
  const send = () =>
    resend.mutate(shown ? seenOf(shown, m.sender) : {}, {
      onSuccess: ({ message }) => {
        announce(words.queued);
        if (message) go(place("/sent", message));
      },
    });
  return (
    <section className={classes.decide} aria-labelledby="decide">
      <h2 id="decide">{words.title}</h2>
      <p className={classes.means}>
        <StateMark state={m.state} word={stateWord(m, sent)} />
        <span>{stateMeans(m, sent, "")}</span>
      </p>
      {m.note ? (
        <p>
          <span className="quiet">{sent.note}:</span> {m.note}
        </p>
      ) : null}
      <div className={classes.buttons}>
        <Button variant="default" onClick={send} disabled={isBusy}>
          {resend.isPending ? words.running : isHeld ? words.resend(n) : words.resendTwice(n)}
        </Button>
        <Button
          variant="default"
          disabled={isBusy}
          onClick={() => drop.mutate(undefined, { onSuccess: () => announce(words.dropped) })}
        >
          {isHeld ? dropWord(m, words) : words.dropAgain}
        </Button>
      </div>
      <Failure error={resend.error ?? drop.error} />
    </section>
  );
}

/** Drop stops a message that still waits; `always` also one that waits for a decision, where Decide is not shown. */
export function Drop({ message: m, always = false }: { message: Message; always?: boolean }) {
  const { decide: words } = useSentWords();
  const { drop } = useDecide(m.id);
  const isWaiting = m.state === "queued" || m.state === "deferred" || (always && needsDecision(m));
  return (
    <>
      {isWaiting ? (
        <Button
          variant="default"
          disabled={drop.isPending}
          onClick={() => drop.mutate(undefined, { onSuccess: () => announce(words.dropped) })}
        >
          {dropWord(m, words)}
        </Button>
      ) : null}
      <Failure error={drop.error} />
    </>
  );
}

function dropWord(m: Message, words: ReturnType<typeof useSentWords>["decide"]): string {
  const n = pending(m);
  return n === m.recipients.length ? words.drop : words.dropRest(n);
}

/** SaveCopy keeps the message as it left: the browser loads it, the window asks where to put it. */
export function SaveCopy({ id }: { id: string }) {
  const { save: words } = useSentWords();
  const shell = useShell();
  const save = useSave(id);
  if (shell.isPending || shell.data?.window) {
    return (
      <>
        <Button
          variant="default"
          leftSection={<SaveIcon />}
          disabled={shell.isPending || save.isPending}
          onClick={() =>
            save.mutate(undefined, { onSuccess: ({ path }) => (path ? announce(words.saved(path)) : undefined) })
          }
        >
          {words.copy}
        </Button>
        <Failure error={save.error} />
      </>
    );
  }
  return (
    <Button component="a" variant="default" leftSection={<SaveIcon />} href={wireOf(id)} download={`${id}.eml`}>
      {words.copy}
    </Button>
  );
}

/** Failure says why something could not be done; a check that stops it brings its report. */
function Failure({ error }: { error: Error | null }) {
  const { failed } = useSentWords();
  if (!error) return null;
  if (!(error instanceof Problem)) return <ProblemState error={error} inline />;
  if (error.report) return <Blocked report={error.report} />;
  const words = failed[error.code];
  if (!words) return <ProblemState error={error} inline />;
  return (
    <div role="alert" className={classes.failure}>
      <strong>{words.title}</strong>
      <p>{words.text}</p>
      <ProblemDetails problem={error} />
    </div>
  );
}
