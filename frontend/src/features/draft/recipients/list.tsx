import { useEffect, useRef } from "react";
import type { Hit, OwnGroupHit } from "../../../api/types";
import { isExpired } from "../../../components/hit";
import { Nation } from "../../../components/nation";
import { OutcomeMark, worst } from "../../../components/outcome";
import { useReasonText } from "../../../words/reasons";
import { useDraftWords } from "../words";
import type { Completion } from "./completion";
import { KindMark } from "./kind";
import classes from "./recipients.module.css";
import { useRecipientWords } from "./words";

export type Option =
  | { kind: "hit"; hit: Hit }
  | { kind: "group"; group: OwnGroupHit }
  | { kind: "address"; address: string }
  | { kind: "ask" };

type Props = {
  id: string;
  options: Option[];
  active: number;
  completion: Completion;
  choose: (o: Option) => void;
  setActive: (i: number) => void;
};

/** Suggestions is the list below a recipient field. The field keeps the focus; the active row is named by its id. */
export function Suggestions({ id, options, active, completion, choose, setActive }: Props) {
  const words = useDraftWords();
  const nothing = completion.askedAll ? words.recipients.nobody : words.recipients.nothing;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${active}"]`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  return (
    <div className={classes.list}>
      <div
        id={`${id}-list`}
        ref={list}
        className={classes.options}
        role="listbox"
        aria-label={words.recipients.suggestions}
      >
        {options.map((o, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field that owns the list has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus (aria-activedescendant)
          <div
            key={keyOf(o)}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === active}
            className={`${classes.option} ${o.kind === "hit" ? "" : classes.plain}`}
            onMouseDown={(e) => e.preventDefault()}
            onMouseMove={() => setActive(i)}
            onClick={() => choose(o)}
          >
            <Row option={o} isLive={i >= completion.liveFrom} asking={completion.asking} />
          </div>
        ))}
      </div>
      <p className={classes.note} role="status">
        {completion.hits.length === 0 && completion.isFresh ? nothing : ""}
        {completion.more ? words.recipients.more : ""}
        {completion.notAsked.length > 0 ? words.recipients.notAsked(completion.notAsked.join(", ")) : ""}
      </p>
    </div>
  );
}

function keyOf(o: Option): string {
  return o.kind === "hit" ? o.hit.id : o.kind === "group" ? `group ${o.group.id}` : o.kind;
}

function Row({ option: o, isLive, asking }: { option: Option; isLive: boolean; asking: boolean }) {
  const words = useDraftWords();
  if (o.kind === "ask") return <span>{asking ? words.recipients.asking : words.recipients.askAll}</span>;
  if (o.kind === "address") return <span>{words.recipients.use(o.address)}</span>;
  if (o.kind === "group") return <span>{words.recipients.group(o.group.name, o.group.addresses.length)}</span>;
  const h = o.hit;
  const barred = h.disabled ? words.recipients.disabled : isExpired(h) ? words.recipients.expired : "";
  const who = [h.kind === "person" ? h.title : "", h.lookalike || h.unit];
  const what = [barred, ...who].filter(Boolean).join(", ");
  return (
    <>
      <Nation code={h.nation} />
      <span title={`${h.rank ? `${h.name} ${h.rank}` : h.name} – ${h.address}`}>
        <strong>{h.name}</strong> <span className="quiet">{h.rank}</span>
        {h.kind === "organisation" ? null : <KindMark kind={h.kind} />}
      </span>
      <span className="quiet" title={`${isLive ? `${words.recipients.live} – ` : ""}${what} – ${h.address}`}>
        {isLive ? `${words.recipients.live} – ` : ""}
        {what || h.address}
      </span>
      {h.receive ? <Receives hit={h.receive} /> : null}
    </>
  );
}

/** Receives says whether somebody may receive the draft's label, and what is missing (RULES 19: never what else is held). */
function Receives({ hit }: { hit: NonNullable<Hit["receive"]> }) {
  const own = useRecipientWords();
  const said = useReasonText();
  const outcome = worst(hit.outcome, hit.route);
  if (outcome === "cleared") {
    // Of a list only the check can tell.
    if (hit.members) return <span className={classes.receives}>{own.behind}</span>;
    return (
      <span className={classes.receives} data-outcome="cleared">
        <OutcomeMark outcome={outcome} iconOnly />
      </span>
    );
  }
  const reasons = hit.reasons.map((r) => uncapped(said(r))).join("; ");
  const text = outcome === "not-cleared" ? own.notFor(reasons) : own.unsureFor(reasons);
  return (
    <span className={classes.receives} data-outcome={outcome} title={text}>
      <OutcomeMark outcome={outcome} iconOnly /> {text}
    </span>
  );
}

/** uncapped makes a sentence part of another. A word in capitals is a name. */
function uncapped(sentence: string): string {
  const bare = sentence.replace(/\.$/, "");
  return /^\p{Lu}\p{Ll}/u.test(bare) ? `${bare.charAt(0).toLowerCase()}${bare.slice(1)}` : bare;
}
