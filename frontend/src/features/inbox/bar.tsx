import { Button } from "@mantine/core";
import { useLink } from "../../api/changes";
import type { Inbox } from "../../api/types";
import { RefreshIcon } from "../../components/icons";
import { Notice, ProblemState } from "../../components/state";
import { useLanguage } from "../../words/language";
import { longTime } from "../../words/time";
import classes from "./inbox.module.css";
import { useSync, type View } from "./queries";
import { useInboxWords } from "./words";

type Props = {
  inbox: Inbox;
  view: View;
  setView: (view: View) => void;
  /** Beside an opened message there is little room. */
  isNarrow: boolean;
};

/** Bar says which mailbox is shown, how much of it is unread, and how old that is; the server can be asked at once. */
export function Bar({ inbox, view, setView, isNarrow }: Props) {
  const { bar: words } = useInboxWords();
  const { language } = useLanguage();
  const sync = useSync(view.mailbox);
  const link = useLink(); // while the program does not answer, nobody knows whether the mailbox does
  return (
    <div className={classes.bar}>
      {inbox.mailboxes.length > 1 ? (
        <select
          aria-label={words.mailbox}
          value={inbox.mailbox}
          onChange={(e) => setView({ ...view, mailbox: e.currentTarget.value })}
        >
          {inbox.mailboxes.map((b) => (
            <option key={b.name} value={b.name}>
              {b.address}
            </option>
          ))}
        </select>
      ) : null}
      {inbox.asOf || inbox.total > 0 ? <span role="status">{words.sum(inbox.unread, inbox.total)}</span> : null}
      <label className={classes.filter}>
        <input
          type="checkbox"
          checked={view.unread}
          onChange={(e) => setView({ ...view, unread: e.currentTarget.checked })}
        />
        {words.unreadOnly}
      </label>
      <span className={classes.asked}>
        {inbox.state === "online" && inbox.asOf && link.state !== "gone" ? (
          <span className="quiet" title={words.read(longTime(inbox.asOf, language))}>
            {isNarrow ? words.online : `${words.online}, ${words.read(longTime(inbox.asOf, language))}`}
          </span>
        ) : null}
        <Button
          variant="subtle"
          size="compact-sm"
          disabled={sync.isPending}
          onClick={() => sync.mutate()}
          aria-label={words.ask}
          title={isNarrow ? words.ask : undefined}
          {...(isNarrow ? {} : { leftSection: <RefreshIcon /> })}
        >
          {isNarrow ? <RefreshIcon /> : sync.isPending ? words.asking : words.ask}
        </Button>
      </span>
      {sync.isError ? <ProblemState error={sync.error} inline /> : null}
    </div>
  );
}

/** Away says that the mailbox cannot be reached, how old what is shown is, and what the server said. */
export function Away({ inbox }: { inbox: Inbox }) {
  const { away: words } = useInboxWords();
  const { language } = useLanguage();
  if (inbox.state === "away") {
    return (
      <Notice>
        <p>
          <strong>{words.title}.</strong> {inbox.asOf ? words.asOf(longTime(inbox.asOf, language)) : words.never}
        </p>
        {inbox.problem ? (
          <details>
            <summary>{words.details}</summary>
            <span className="mono">{inbox.problem}</span>
          </details>
        ) : null}
      </Notice>
    );
  }
  return inbox.problem ? <Notice>{inbox.problem}</Notice> : null;
}
