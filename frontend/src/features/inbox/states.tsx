import { Button } from "@mantine/core";
import { useInstallation } from "../../api/queries";
import type { Inbox } from "../../api/types";
import { useCopy } from "../../components/copy";
import { EmptyState } from "../../components/state";
import classes from "./inbox.module.css";
import type { View } from "./queries";
import { useInboxWords } from "./words";

/** What an installation file needs for a mailbox (docs/installation.md); only the values are made up. */
const lines = `[[account]]
name = "mailbox"
kind = "imap"
address = "imap.example:993"
security = "tls"
ca = "name of a [[ca]]"
user = "name"
secret = "imap-password"

# and in your [[identity]]
mailbox = "mailbox"`;

/** NoMailbox teaches the first step: an account in the installation file, and who has it. */
export function NoMailbox() {
  const { none: words } = useInboxWords();
  const installation = useInstallation();
  const { copied, copy } = useCopy();
  if (installation.data?.managed !== false) return <EmptyState title={words.title}>{words.managed}</EmptyState>;
  return (
    <EmptyState
      title={words.title}
      action={
        <Button variant="default" onClick={() => copy(lines)}>
          {copied ? words.copied : words.copy}
        </Button>
      }
    >
      <p>{words.own}</p>
      <pre className={`${classes.lines} mono`}>{lines}</pre>
    </EmptyState>
  );
}

type Props = { inbox: Inbox; view: View; setView: (view: View) => void };

/** NoMessages says why the list is empty: nothing was read yet, nothing has come in, or all is read. */
export function NoMessages({ inbox, view, setView }: Props) {
  const words = useInboxWords();
  const address = inbox.mailboxes.find((b) => b.name === inbox.mailbox)?.address ?? inbox.mailbox;
  if (view.unread && inbox.total > 0) {
    return (
      <EmptyState
        title={words.allRead.title}
        action={<Button onClick={() => setView({ ...view, unread: false })}>{words.allRead.all}</Button>}
      >
        {words.allRead.text}
      </EmptyState>
    );
  }
  if (inbox.state === "new") return <EmptyState title={words.fresh.title}>{words.fresh.text(address)}</EmptyState>;
  if (inbox.state === "away" && !inbox.asOf) return null; // nobody knows whether it is empty
  return <EmptyState title={words.empty.title}>{words.empty.text(address)}</EmptyState>;
}
