import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { Directory } from "../../api/types";
import { announce } from "../../components/announce";
import { Field } from "../../components/field";
import { Nation } from "../../components/nation";
import { DetailHead } from "../../components/split";
import { Notice, ProblemState } from "../../components/state";
import { useLanguage, useWords } from "../../words/language";
import { bytes, span } from "../../words/numbers";
import { age, longTime } from "../../words/time";
import { useTransport } from "../../words/transports";
import { Connection } from "./connection";
import classes from "./directories.module.css";
import { useAct, useRead } from "./queries";
import { Reads } from "./reads";
import { Remove } from "./remove";
import { Settings, useMayChange, useMayRead } from "./settings";
import { StateMark } from "./state";
import { useDirectoryWords } from "./words";

type Props = { name: string; directory: Directory | undefined; close: () => void };

/** DirectoryDetail is one directory: how it is set up, what the copy has of it, and what can be done about it. */
export function DirectoryDetail({ name, directory: d, close }: Props) {
  const words = useDirectoryWords();
  return (
    <article className={classes.entry}>
      <DetailHead
        id={name}
        title={d ? d.name : words.unknown}
        mark={d ? <Nation code={d.nation} /> : undefined}
        close={close}
        actions={d ? <Actions directory={d} /> : undefined}
      />
      {d ? (
        <section>
          {d.error ? (
            <Notice>
              <strong>{d.incomplete ? words.partOnly : words.lastFailed}</strong>
              <p className="mono">{d.error}</p>
            </Notice>
          ) : null}
          {d.paused ? (
            <Notice>
              <strong>{words.paused}</strong>
              <p>{words.pausedMeans}</p>
            </Notice>
          ) : null}
          <State directory={d} />
          {d.mode === "mirror" ? <SetUp directory={d} /> : <Connection name={d.name} />}
          {d.mode === "mirror" ? <Connection name={d.name} /> : <SetUp directory={d} />}
          {d.mode === "mirror" ? <Reads name={d.name} /> : null}
          <Settings directory={d} />
          <Remove directory={d} close={close} />
        </section>
      ) : (
        <section>
          <p className="quiet">{words.unknownHint}</p>
        </section>
      )}
    </article>
  );
}

function Actions({ directory: d }: { directory: Directory }) {
  const words = useDirectoryWords();
  const read = useRead();
  const { pause } = useAct(d.name);
  const mayChange = useMayChange();
  const mayRead = useMayRead();
  const isIdle = d.running === null && !read.isPending && !d.paused;
  const setPaused = (paused: boolean) =>
    pause.mutate(
      { paused, revision: d.revision ?? "" },
      { onSuccess: () => announce(paused ? words.pausedNow(d.name) : words.resumedNow(d.name)) },
    );
  const begin = (full: boolean) =>
    read.mutate({ directory: d.name, full }, { onSuccess: () => announce(words.begunOne(d.name)) });
  return (
    <>
      {d.mode === "look-up" ? (
        <Button component={Link} href="/book" variant="default">
          {words.search}
        </Button>
      ) : null}
      {mayRead && d.mode === "mirror" ? (
        <>
          <Button disabled={!isIdle} onClick={() => begin(false)}>
            {words.readNow}
          </Button>
          <Button variant="default" disabled={!isIdle} onClick={() => begin(true)}>
            {words.readFull}
          </Button>
        </>
      ) : null}
      {mayChange ? (
        <Button variant="default" disabled={pause.isPending} onClick={() => setPaused(!d.paused)}>
          {d.paused ? words.resume : words.pause}
        </Button>
      ) : null}
      {pause.error ? <ProblemState error={pause.error} inline /> : null}
      {read.error ? <ProblemState error={read.error} inline /> : null}
    </>
  );
}

function State({ directory: d }: { directory: Directory }) {
  const shared = useWords();
  const words = useDirectoryWords();
  const { language } = useLanguage();
  const when = (t: string | null) =>
    t ? (
      <>
        {longTime(t, language)} <span className="quiet">({age(t, shared)})</span>
      </>
    ) : (
      words.never
    );
  const kinds = Object.entries(d.byKind).map(([k, n]) => words.byKind(k, n.toLocaleString(language)));
  const entries = (
    <>
      {d.entries.toLocaleString(language)}
      {kinds.length > 0 ? <p className={classes.small}>{kinds.join(" · ")}</p> : null}
    </>
  );
  if (d.mode === "look-up") {
    return (
      <dl className={classes.fields}>
        <Field name={words.columns.state}>
          <StateMark directory={d} />
          <p className={classes.small}>{words.notWhole}</p>
        </Field>
        <Field name={words.kept}>{entries}</Field>
      </dl>
    );
  }
  return (
    <dl className={classes.fields}>
      <Field name={words.columns.state}>
        <StateMark directory={d} />
      </Field>
      <Field name={words.columns.entries}>{entries}</Field>
      <Field name={words.lastRead}>{when(d.lastRead)}</Field>
      <Field name={words.lastAttempt}>{when(d.lastAttempt)}</Field>
      <Field name={words.lastFull}>{when(d.lastFull)}</Field>
      <Field name={words.columns.next}>{d.nextRun ? longTime(d.nextRun, language) : words.notByItself}</Field>
      <Field name={words.brought}>
        {d.lastAttempt ? words.inTime(bytes(d.bytes, language), span(d.seconds, language)) : null}
      </Field>
    </dl>
  );
}

function SetUp({ directory: d }: { directory: Directory }) {
  const words = useDirectoryWords();
  const { language } = useLanguage();
  const transport = useTransport();
  const isOpen = d.security === "plain" || d.security === "ldif";
  return (
    <>
      <h2 className={classes.part}>{words.setUp}</h2>
      <dl className={classes.fields}>
        <Field name={words.sources}>
          {d.sources.map((s) => (
            <p key={s} className="mono">
              {s}
            </p>
          ))}
        </Field>
        <Field name={words.security}>
          {transport(d.security)}
          {isOpen ? <p className={classes.small}>{d.ceiling ? words.ceiling : words.noCeiling}</p> : null}
        </Field>
        <Field name={words.auth}>{words.auths[d.auth]}</Field>
        <Field name={words.columns.mode}>
          {words.modes[d.mode]}
          <p className={classes.small}>{words.modeMeans[d.mode]}</p>
        </Field>
        {d.mode === "mirror" ? (
          <>
            <Field name={words.strategy}>
              {words.strategies[d.strategy]}
              {d.wanted !== d.strategy ? (
                <p className={classes.small}>{words.wanted(words.strategies[d.wanted])}</p>
              ) : null}
            </Field>
            <Field name={words.every}>{d.everySeconds > 0 ? span(d.everySeconds, language) : words.whenAsked}</Field>
            <Field name={words.fullEvery}>{d.fullEverySeconds > 0 ? span(d.fullEverySeconds, language) : null}</Field>
            <Field name={words.maxLoss}>{words.share(Math.round(d.maxLoss * 100))}</Field>
          </>
        ) : null}
        <Field name={words.keep}>
          {d.mode === "look-up" ? (d.keepSeconds > 0 ? span(d.keepSeconds, language) : words.forEver) : null}
        </Field>
        <Field name={words.live}>{words.lives[d.live]}</Field>
        <Field name={words.schema}>{d.schema}</Field>
        <Field name={words.domains}>{[...d.mailDomains, ...d.chatDomains].join(", ") || words.noDomains}</Field>
      </dl>
    </>
  );
}
