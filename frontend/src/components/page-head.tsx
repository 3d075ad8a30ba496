import type { ReactNode } from "react";
import classes from "./page.module.css";

type HeadProps = {
  title: string;
  /** What was opened from the page has the page's heading: this one is then no heading. */
  beside?: boolean;
  /** One line: what the page is about, or why it cannot be changed here. */
  summary?: ReactNode;
  actions?: ReactNode;
  /** What else stands at the top, such as a problem with what was asked for. */
  children?: ReactNode;
};

/** PageHead is the top of a page of administration: what it is, what for, and the main thing to do at the right. */
export function PageHead({ title, beside = false, summary, actions, children }: HeadProps) {
  const Title = beside ? "p" : "h1";
  return (
    <div className={classes.head}>
      <div className={classes.said}>
        <Title className={classes.title}>{title}</Title>
        {summary ? <p className="quiet">{summary}</p> : null}
      </div>
      {actions ? <div className={classes.actions}>{actions}</div> : null}
      {children ? <div className={classes.more}>{children}</div> : null}
    </div>
  );
}
