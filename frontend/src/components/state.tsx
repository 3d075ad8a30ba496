import { Button } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { isAbort, type Problem, problemOf } from "../api/problem";
import { useWords } from "../words/language";
import { useCopy } from "./copy";
import { WarningIcon } from "./icons";
import classes from "./state.module.css";

/** EmptyState teaches the first step and offers it. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.state}>
      <h1>{title}</h1>
      {children ? <div className="quiet">{children}</div> : null}
      {action}
    </div>
  );
}

/** ProblemState stands where something should be that could not be had: what happened, what it means, what to do. */
export function ProblemState({ error, retry, inline }: { error: unknown; retry?: () => void; inline?: boolean }) {
  const words = useWords();
  const problem = problemOf(error);
  const Title = inline ? "h2" : "h1";
  if (isAbort(error)) return null;
  return (
    <div className={`${classes.state} ${inline ? classes.inline : ""}`} role="alert">
      <Title>{words.problem.title[problem.code] ?? words.problem.title.other}</Title>
      <p className="quiet">{words.problem.means[problem.code] ?? words.problem.means.other}</p>
      {retry ? (
        <Button variant="default" onClick={retry}>
          {words.problem.retry}
        </Button>
      ) : null}
      <ProblemDetails problem={problem} />
    </div>
  );
}

/** ProblemDetails is the technical text: one click away, and it can be copied. */
export function ProblemDetails({ problem }: { problem: Problem }) {
  const words = useWords();
  const { copied, copy } = useCopy();
  const text = `${problem.code}\n${problem.detail}`;
  return (
    <details className={classes.details}>
      <summary>{words.problem.details}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <code className={`${classes.text} mono`} tabIndex={0}>
        {text}
      </code>
      <Button size="compact-sm" variant="default" onClick={() => copy(text)}>
        {copied ? words.problem.copied : words.problem.copy}
      </Button>
    </details>
  );
}

/** Notice is a line at the top of the work about something that lasts. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <div className={classes.notice} role="status">
      <WarningIcon />
      <div>{children}</div>
    </div>
  );
}

/**
 * SkeletonRows stands for a list that is on its way; nothing is shown in the first 300 ms. `title` is the page's heading, where
 * the whole page is on its way.
 */
export function SkeletonRows({ rows = 6, label, title }: { rows?: number; label: string; title?: string }) {
  const [shown, setShown] = useState(false);
  useTimeout(() => setShown(true), 300, { autoInvoke: true });
  const heading = title ? <h1 className="visually-hidden">{title}</h1> : null;
  if (!shown) {
    return (
      <>
        {heading}
        <span className="visually-hidden">{label}</span>
      </>
    );
  }
  return (
    <div className={classes.rows} role="status" aria-label={label}>
      {heading}
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={i} className={classes.row} style={{ width: `${85 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
