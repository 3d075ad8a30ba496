import type { Report } from "../../../api/problem";
import type { ChatConversation } from "../../../api/types";
import { Nation } from "../../../components/nation";
import { OutcomeMark, outcomeOf } from "../../../components/outcome";
import { fold } from "../../draft/addresses";
import { useHint } from "../../draft/recipients/hint";
import classes from "./compose.module.css";
import { useComposeWords } from "./words";

type Props = { conversation: ChatConversation; report: Report | undefined };

/** Recipient is whom the message goes to: whoever is talked to, or the room alone. It cannot be changed here. */
export function Recipient({ conversation: c, report }: Props) {
  const words = useComposeWords();
  const found = report?.recipients.find((r) => fold(r.address) === fold(c.address));
  const hint = useHint(c.address, undefined, found);
  return (
    <p className={classes.to} title={hint}>
      <span className="quiet">{words.to}</span> <Nation code={c.nation} />{" "}
      <span className={classes.name}>{c.name}</span>
      {found ? <OutcomeMark outcome={outcomeOf(found)} /> : null}
    </p>
  );
}
