import { Button } from "@mantine/core";
import { useLocation } from "wouter";
import { useInstallation } from "../../api/queries";
import type { ChatAccount } from "../../api/types";
import { useCopy } from "../../components/copy";
import { EmptyState, Notice } from "../../components/state";
import { useLanguage } from "../../words/language";
import { longTime } from "../../words/time";
import shown from "./account.toml?raw";
import classes from "./chat.module.css";
import { useChatWords } from "./words";

/** What an installation file needs for chat (docs/installation.md); only the values are made up. A Go test has the program read it. */
const lines = shown.trimEnd();

/** NoAccount teaches the first step: an account in the installation file, and who has it. */
export function NoAccount() {
  const { none: words } = useChatWords();
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

/** NoConversation stands where one is opened: how to begin one. */
export function NoConversation({ isFirst }: { isFirst: boolean }) {
  const words = useChatWords();
  const [, go] = useLocation();
  return (
    <EmptyState
      title={isFirst ? words.empty.title : words.choose}
      action={
        <div className={classes.begin}>
          <Button variant={isFirst ? "filled" : "default"} onClick={() => go("/chat/rooms")}>
            {words.joinRoom}
          </Button>
          <Button variant="default" onClick={() => go("/chat/people")}>
            {words.talk}
          </Button>
        </div>
      }
    >
      {isFirst ? words.empty.text : words.chooseHint}
    </EmptyState>
  );
}

/** Accounts says which accounts have no connection, why, and when it is tried again. */
export function Accounts({ accounts }: { accounts: readonly ChatAccount[] }) {
  return accounts.map((a) => <Account key={a.name} account={a} />);
}

function Account({ account: a }: { account: ChatAccount }) {
  const { account: words } = useChatWords();
  const { language } = useLanguage();
  if (a.state === "online" && !a.problem) return null;
  if (a.state === "elsewhere") {
    return (
      <Notice>
        <strong>{words.elsewhere}.</strong> {words.elsewhereMeans}
      </Notice>
    );
  }
  return (
    <Notice>
      {a.state === "online" ? (
        <p>
          <strong>{words.incomplete}.</strong>
        </p>
      ) : (
        <p>
          <strong>{words.away(a.jid)}.</strong> {a.since ? words.since(longTime(a.since, language)) : ""}{" "}
          {words.awayMeans} {a.nextTry ? words.next(longTime(a.nextTry, language)) : ""}
        </p>
      )}
      {a.problem ? (
        <details>
          <summary>{words.details}</summary>
          <span className="mono">{a.problem}</span>
        </details>
      ) : null}
    </Notice>
  );
}
