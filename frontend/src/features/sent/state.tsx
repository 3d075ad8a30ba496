import type { Message, MessageState } from "../../api/types";
import { pending, replacedBy } from "./queries";
import classes from "./sent.module.css";
import { type SentWords, useSentWords } from "./words";

/**
 * What became of a message has shapes of its own, at the corner of an envelope: they must not be taken for the outcomes of the
 * check.
 */
const shapes: Record<MessageState, string> = {
  queued: "M10 12h.01M12.200 12h.01M14.400 12h.01",
  sending: "M9.500 12h5M12.700 10.200l1.800 1.800-1.800 1.800",
  "body-sent": "M9.500 12h2.500M14.500 12h.01",
  accepted: "m9.500 12 1.700 1.700 3.300-3.500",
  refused: "m10 10 4 4m0-4-4 4",
  deferred: "M12 9.300a2.700 2.700 0 1 0 0 5.400 2.700 2.700 0 0 0 0-5.400M12 11v1.200h1",
  "perhaps-delivered": "M10.700 10.200a1.400 1.400 0 1 1 1.900 1.300c-.4.2-.6.400-.6.900M12 14.500h.01",
  held: "M10.700 10v4M13.300 10v4",
  dropped: "M9.700 12h4.600",
};

const envelope = "M14 7.500v-5H1.500v9H7.500M1.500 3l6.250 4.500L14 3";

/** StateMark is the icon of a state with its word. */
export function StateMark({ state, word }: { state: MessageState; word?: string }) {
  const { states } = useSentWords();
  return (
    <span className={classes.state} data-state={state}>
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden
        focusable="false"
      >
        <path d={envelope} />
        <path d={shapes[state]} />
      </svg>
      {word ?? states[state]}
    </span>
  );
}

/** counted is how many recipients a message's state is about. */
function counted(m: Message): number {
  if (m.state === "accepted" || m.state === "refused") return m.recipients.filter((r) => r.state === m.state).length;
  return pending(m);
}

/** stateWord is a message's state in a word or two: "Refused for 1 of 3". */
export function stateWord(m: Message, words: SentWords): string {
  if (replacedBy(m)) return words.replaced;
  const n = counted(m);
  const word = words.states[m.state];
  return n === m.recipients.length || n === 0 ? word : words.partly(word, n, m.recipients.length);
}

/** stateMeans says what a state means, and what became of those whom it is not about. */
export function stateMeans(m: Message, words: SentWords, nextTry: string): string {
  if (replacedBy(m)) return words.anew;
  const ofChat = m.channel === "chat" ? words.meansChat[m.state] : undefined;
  if (ofChat) return ofChat();
  const all = m.recipients.length;
  const isReported = m.state === "accepted" && m.recipients.some((r) => r.reports.length > 0);
  const means = isReported ? words.reported(counted(m), all) : words.means[m.state](counted(m), all, nextTry);
  const taken = m.recipients.filter((r) => r.state === "accepted").length;
  return m.state === "accepted" || taken === 0 ? means : `${means} ${words.rest(taken)}`;
}

/** titleOf is what a message is called: by its subject; one of chat has none, and is called by whom it went to. */
export function titleOf(m: Message, words: SentWords): string {
  if (m.subject) return m.subject;
  const [first] = m.recipients;
  return m.channel === "chat" && first ? words.chatWith(first.address) : words.noSubject;
}
