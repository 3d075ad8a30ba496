import { useEffect, useRef } from "react";
import type { Hit, OwnGroupHit } from "../../../api/types";
import { isExpired } from "../../../components/hit";
import { Nation } from "../../../components/nation";
import { useWords } from "../../../words/language";
import { useDraftWords } from "../words";
import type { Completion } from "./completion";
import classes from "./recipients.module.css";

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
  const shared = useWords();
  if (o.kind === "ask") return <span>{asking ? words.recipients.asking : words.recipients.askAll}</span>;
  if (o.kind === "address") return <span>{words.recipients.use(o.address)}</span>;
  if (o.kind === "group") return <span>{words.recipients.group(o.group.name, o.group.addresses.length)}</span>;
  const h = o.hit;
  const barred = h.disabled ? words.recipients.disabled : isExpired(h) ? words.recipients.expired : "";
  const who = [h.kind === "person" ? h.title : shared.kind[h.kind], h.lookalike || h.unit];
  const what = [barred, ...who].filter(Boolean).join(", ");
  return (
    <>
      <Nation code={h.nation} />
      <span title={`${h.name} – ${h.address}`}>
        <strong>{h.name}</strong> <span className="quiet">{h.rank}</span>
      </span>
      <span className="quiet" title={`${isLive ? `${words.recipients.live} – ` : ""}${what} – ${h.address}`}>
        {isLive ? `${words.recipients.live} – ` : ""}
        {what || h.address}
      </span>
    </>
  );
}
