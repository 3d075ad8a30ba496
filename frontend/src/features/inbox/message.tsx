import { Button } from "@mantine/core";
import { useEffect } from "react";
import { Problem } from "../../api/problem";
import type { InboxMessage, InboxRow } from "../../api/types";
import { ChevronIcon } from "../../components/icons";
import { DetailHead } from "../../components/split";
import { ProblemState, SkeletonRows } from "../../components/state";
import { Answers, useAnswers } from "./answer";
import { Fields } from "./fields";
import { Files } from "./files";
import { How } from "./how";
import classes from "./inbox.module.css";
import { LabelBanner, LabelSaid, SeveralSenders } from "./label";
import { Precedence, subjectOf } from "./list";
import { isUrgent } from "./precedence";
import { type Answer, answers, useMessage, useSeen } from "./queries";
import { Reported } from "./reported";
import { Withheld } from "./withheld";
import { useInboxWords } from "./words";

/** The messages before and after one, where there are any. */
export type Neighbours = { next: (() => void) | undefined; previous: (() => void) | undefined };

type Props = Neighbours & {
  id: string;
  /** What the list knows of it already. */
  row: InboxRow | undefined;
  close: () => void;
};

/** MessageDetail is one message, read under its marking. What is withheld shows who sent it, when, and why it is not shown. */
export function MessageDetail({ id, row, close, next, previous }: Props) {
  const words = useInboxWords();
  const message = useMessage(id);
  const m = message.data;
  const known = m ?? row;
  const isReadable = m !== undefined && !m.withheld && !m.problem;
  const answer = useAnswers(id, isReadable ? answersTo(m) : none);
  useMarkSeen(m);
  const steps = <Steps next={next} previous={previous} />;
  if (message.isError && !m) {
    return (
      <article className={classes.detail}>
        <Missing id={id} error={message.error} retry={() => void message.refetch()} close={close} steps={steps} />
      </article>
    );
  }
  const banner = known ? <LabelBanner label={known.label} /> : null;
  return (
    <article className={classes.detail}>
      <div className={classes.top}>{banner}</div>
      <DetailHead
        id={id}
        title={known ? subjectOf(known, words) : words.message.loading}
        mark={known && isUrgent(known.precedence) ? <Precedence row={known} urgentOnly /> : undefined}
        close={close}
        actions={
          <>
            {answer.possible.length > 0 ? <Answers {...answer} /> : null}
            {steps}
          </>
        }
      />
      {answer.error ? (
        <div className={classes.parts}>
          <ProblemState error={answer.error} inline />
        </div>
      ) : null}
      {m ? <Body message={m} /> : <SkeletonRows label={words.message.loading} />}
      {m ? banner : null}
    </article>
  );
}

const none: readonly Answer[] = [];

/** answersTo: nobody reads what is written to whoever reports; a report can be passed on. */
const answersTo = (m: InboxMessage): readonly Answer[] => (m.report ? ["forward"] : answers);

/** useMarkSeen notes that a message was opened; of one that is withheld, that it is known to have come. */
function useMarkSeen(m: InboxMessage | undefined) {
  const { mutate } = useSeen();
  const id = m && !m.seen && !m.problem ? m.id : undefined;
  useEffect(() => {
    if (id !== undefined) mutate(id);
  }, [id, mutate]);
}

/** Steps lead to the message above or below in the list. */
function Steps({ next, previous }: Neighbours) {
  const { message: words } = useInboxWords();
  return (
    <Button.Group className={classes.steps}>
      <Button
        variant="default"
        disabled={!previous}
        onClick={previous}
        aria-label={words.previous}
        title={`${words.previous} (k)`}
      >
        <ChevronIcon up />
      </Button>
      <Button variant="default" disabled={!next} onClick={next} aria-label={words.next} title={`${words.next} (j)`}>
        <ChevronIcon />
      </Button>
    </Button.Group>
  );
}

function Body({ message: m }: { message: InboxMessage }) {
  const words = useInboxWords();
  if (m.withheld) {
    return (
      <div className={classes.parts}>
        <Withheld row={m} />
        <SeveralSenders label={m.label} />
        <Fields message={m} />
      </div>
    );
  }
  return (
    <div className={classes.parts}>
      {m.problem ? (
        <p className={`${classes.said} ${classes.wrong}`} role="note">
          <strong>{words.message.notHere}.</strong> {m.problem}
        </p>
      ) : null}
      <LabelSaid message={m} />
      <SeveralSenders label={m.label} />
      <Reported message={m} />
      <Fields message={m} />
      {m.problem ? null : <Text message={m} />}
      <Files message={m} />
      <How message={m} />
    </div>
  );
}

/** Text is what was written, as text. Nothing that it names elsewhere was fetched. */
function Text({ message: m }: { message: InboxMessage }) {
  const { message: words } = useInboxWords();
  return (
    <section aria-labelledby="text">
      <h2 id="text" className="visually-hidden">
        {words.text}
      </h2>
      {m.wasHTML || m.remote > 0 ? (
        <p className="quiet">
          {m.wasHTML ? words.html : null} {m.remote > 0 ? words.remote(m.remote) : null}
        </p>
      ) : null}
      {m.text ? <p className={classes.body}>{m.text}</p> : <p className="quiet">{words.noText}</p>}
      {m.differs ? <p className={classes.warns}>{words.differs}</p> : null}
      {m.cut ? <p className={classes.warns}>{words.cut}</p> : null}
      {m.damage ? (
        <p className={classes.warns}>
          {words.damage} {m.damage}
        </p>
      ) : null}
    </section>
  );
}

type MissingProps = { id: string; error: unknown; retry: () => void; close: () => void; steps: React.ReactNode };

function Missing({ id, error, retry, close, steps }: MissingProps) {
  const { message: words } = useInboxWords();
  // An address that no message can have (422) is one that is not there.
  const isUnknown = error instanceof Problem && [400, 404, 422].includes(error.status);
  return (
    <>
      <DetailHead id={id} title={isUnknown ? words.unknown : words.failed} close={close} actions={steps} />
      {isUnknown ? (
        <p className={`${classes.parts} quiet`}>{words.unknownHint}</p>
      ) : (
        <div className={classes.parts}>
          <ProblemState error={error} retry={retry} inline />
        </div>
      )}
    </>
  );
}
