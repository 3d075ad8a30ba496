import { Textarea } from "@mantine/core";
import { useMemo } from "react";
import type { RecipientReport } from "../../../api/types";
import { LongList } from "../check/long-list";
import { Person } from "../check/person";
import { nameOf } from "../shape";
import { useDraftWords } from "../words";
import classes from "./block.module.css";
import { useBlockWords } from "./words";

/** What the user writes down for each that stands in the way, under its key. */
export type Reasons = {
  given: Record<string, string>;
  give: (key: string, text: string) => void;
};

/** InTheWay names the people because of whom nothing was sent: first those of whom that was not known while drafting. */
export function InTheWay({ all, reasons }: { all: RecipientReport[]; reasons: Reasons | undefined }) {
  const words = useBlockWords();
  const [changed, others] = useMemo(() => [all.filter((r) => r.was), all.filter((r) => !r.was)], [all]);
  if (changed.length === 0) return <People people={others} label={words.others(others.length)} reasons={reasons} />;
  return (
    <>
      <h3>{words.changed(changed.length)}</h3>
      <People people={changed} label={words.changed(changed.length)} reasons={reasons} />
      {others.length > 0 ? <h3>{words.others(others.length)}</h3> : null}
      <People people={others} label={words.others(others.length)} reasons={reasons} />
    </>
  );
}

const keyOf = (r: RecipientReport) => r.address;

type PeopleProps = { people: RecipientReport[]; label: string; reasons: Reasons | undefined };

function People({ people, label, reasons }: PeopleProps) {
  const words = useDraftWords();
  return (
    <LongList items={people} keyOf={keyOf} label={label} size={reasons ? 160 : 84}>
      {(r) => (
        <>
          <Person recipient={r} />
          {reasons ? (
            <ReasonField
              label={words.block.reason(nameOf(r))}
              text={reasons.given[r.address] ?? ""}
              give={(text) => reasons.give(r.address, text)}
            />
          ) : null}
        </>
      )}
    </LongList>
  );
}

/** ReasonField is where the user says in words why something that is in the way is to be passed (RULES 15). */
export function ReasonField({ label, text, give }: { label: string; text: string; give: (text: string) => void }) {
  return (
    <Textarea
      className={classes.reason}
      label={label}
      autosize
      maxRows={4}
      value={text}
      onChange={(e) => give(e.currentTarget.value)}
    />
  );
}
