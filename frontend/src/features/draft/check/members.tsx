import { useMemo, useState } from "react";
import type { RecipientReport } from "../../../api/types";
import { Nation } from "../../../components/nation";
import { OutcomeMark, outcomeOf } from "../../../components/outcome";
import { KindMark } from "../recipients/kind";
import { nameOf } from "../shape";
import { useDraftWords } from "../words";
import classes from "./check.module.css";
import { LongList } from "./long-list";
import { useVerdictLine } from "./verdict-line";
import { useCheckWords } from "./words";

/**
 * Members lists who is behind a list, role or room, on demand: those in the way, else everybody. Nothing of it is drawn before
 * it is opened.
 */
export function Members({ recipient }: { recipient: RecipientReport }) {
  const words = useDraftWords();
  const own = useCheckWords();
  const [opened, setOpened] = useState(false);
  const all = recipient.members;
  const bad = useMemo(() => (all ?? []).filter((m) => outcomeOf(m) !== "cleared"), [all]);
  if (!all || all.length === 0) return null;
  const shown = bad.length > 0 ? bad : all;
  return (
    <details onToggle={(e) => setOpened(e.currentTarget.open)}>
      <summary>
        {bad.length > 0 ? `${words.check.members}: ${own.members(bad.length, all.length)}` : own.membersAll(all.length)}
      </summary>
      {opened ? (
        <LongList items={shown} keyOf={keyOf} label={nameOf(recipient)} size={48} className={classes.members}>
          {(m) => <Member member={m} />}
        </LongList>
      ) : null}
    </details>
  );
}

/** A member without an address may come twice under one name. */
const keyOf = (m: RecipientReport, at: number) => `${at} ${m.address} ${m.name}`;

function Member({ member: m }: { member: RecipientReport }) {
  const line = useVerdictLine(m);
  const outcome = outcomeOf(m);
  return (
    <>
      <div className={classes.who}>
        <Nation code={m.nation} />
        <span className={classes.name}>
          {nameOf(m)} <KindMark kind={m.kind} />
        </span>
        <OutcomeMark outcome={outcome} />
      </div>
      {outcome === "cleared" ? null : <p className={classes.line}>{line}</p>}
      <Members recipient={m} />
    </>
  );
}
