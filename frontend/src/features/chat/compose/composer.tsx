import { useEffect, useMemo, useState } from "react";
import { useInstallation } from "../../../api/queries";
import type { ChatAccount, ChatConversation, ChatDetail } from "../../../api/types";
import { announce } from "../../../components/announce";
import { ProblemState, SkeletonRows } from "../../../components/state";
import { type Stored, useStored } from "../../draft/stored";
import { comeBack } from "../../draft/unsaved";
import { useDraftWords } from "../../draft/words";
import { beginningFor } from "./beginning";
import { useShared } from "./board";
import { type Current, fresh, useCurrent } from "./current";
import { isChoice, useFirstLabel } from "./first-label";
import { useNews } from "./news";
import { readSent, useAccount } from "./queries";
import type { Composing } from "./slot";
import { useComposeWords } from "./words";
import { ChatWriting } from "./writing";

/** ChatComposer is where the user writes in a conversation. */
export function ChatComposer({ conversation, detail }: Composing) {
  const account = useAccount(conversation.account);
  const { current, show, leave } = useCurrent(conversation.id, conversation.draft);
  useNews(conversation.id);
  useCorrection(detail, current, show);
  if (!account) return null;
  const shared = { conversation, detail, account, current, show, leave };
  return current.isNew ? <Writing key={current.id} {...shared} stored="new" /> : <Read key={current.id} {...shared} />;
}

type Props = {
  conversation: ChatConversation;
  detail: ChatDetail;
  account: ChatAccount;
  current: Current;
  show: (c: Current) => void;
  leave: (c: Current, holds: boolean) => void;
};

/** Read is a draft that is stored, or was left unsaved. */
function Read(props: Props) {
  const words = useDraftWords();
  const { id } = props.current;
  const [kept] = useState(() => props.current.kept ?? comeBack(id));
  const stored = useStored(id, kept !== undefined);
  const from = kept ? "new" : stored.data;
  if (stored.isError && !from) return <ProblemState error={stored.error} retry={() => void stored.refetch()} inline />;
  if (!from) return <SkeletonRows label={words.loading} />;
  return <Writing {...props} stored={from} kept={kept} />;
}

type WritingProps = Props & { stored: Stored; kept?: ReturnType<typeof comeBack> };

function Writing({ stored, kept, detail, ...props }: WritingProps) {
  const { conversation, account, current } = props;
  const installation = useInstallation();
  const first = useMemo(
    () => kept?.content ?? (stored === "new" ? beginningFor(conversation, account, current.first) : stored.content),
    [kept, stored, conversation, account, current.first],
  );
  const [content] = useState(first);
  const { first: label, catalogue } = useFirstLabel(conversation, detail, content.label === null);
  if (!installation.data) return null;
  return (
    <ChatWriting
      {...props}
      id={current.id}
      stored={stored}
      first={content}
      kept={kept?.saver}
      installation={installation.data}
      label={label}
      catalogue={catalogue}
    />
  );
}

/** useCorrection shows the text of an own message, to be sent anew under the same label in its place. */
function useCorrection(detail: ChatDetail, current: Current, show: (c: Current) => void): void {
  const words = useComposeWords();
  const { correcting, done } = useShared();
  const message = detail.messages.find((m) => m.id === correcting)?.message;
  useEffect(() => {
    if (correcting === "" || current.before) return;
    const none = (text: string) => {
      announce(text);
      done();
    };
    if (message === undefined) {
      none(words.notRead);
      return;
    }
    const asking = new AbortController();
    readSent(message, asking.signal).then(
      ({ body = "", label, catalogueItem }) => {
        if (!isChoice(label)) return none(words.notCorrectable);
        const first = { text: { is: "plain", body } as const, label, catalogueItem, replaces: message };
        show({ ...fresh(first, true), before: current });
      },
      () => (asking.signal.aborted ? undefined : none(words.notRead)),
    );
    return () => asking.abort();
  }, [correcting, message, current, show, done, words]);
}
