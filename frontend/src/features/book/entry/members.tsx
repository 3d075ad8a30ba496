import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { Entry, MemberRow } from "../../../api/types";
import { Folded } from "../../../components/folded";
import { named } from "../../../components/hit";
import { Nation } from "../../../components/nation";
import { place } from "../../../components/place";
import { ProblemState, SkeletonRows } from "../../../components/state";
import { useWords } from "../../../words/language";
import classes from "../book.module.css";
import { paired } from "./paired";
import { useMembers } from "./queries";
import { useEntryWords } from "./words";

/**
 * Members are those behind a list, a role or a room: known ones lead to their entries, of others the book has the DN only. Groups
 * among them are opened to the last level when asked.
 */
export function Members({ entry, level: Heading }: { entry: Entry; level: "h2" | "h3" }) {
  const words = useEntryWords();
  const [deep, setDeep] = useState(false);
  if (entry.kind === "person" && entry.members.length === 0) return null;
  const hasGroups = entry.resolved.some((h) => h.kind !== "person");
  const members: MemberRow[] = paired(entry).map(({ dn, hit }) => ({
    depth: 1,
    dn,
    via: entry.id,
    state: hit ? "shown" : "unknown",
    hit: hit ?? null,
  }));
  return (
    <>
      <Heading className={classes.part}>
        {words.members[entry.kind]}
        {entry.members.length > 0 ? <span className="quiet"> {entry.members.length}</span> : null}
      </Heading>
      {entry.members.length === 0 ? <p className={classes.small}>{words.nobody}</p> : null}
      {entry.membersIncomplete ? <p className={classes.small}>{words.membersPart}</p> : null}
      {hasGroups ? (
        <Button size="xs" variant="default" aria-pressed={deep} onClick={() => setDeep(!deep)}>
          {deep ? words.shallow : words.deep}
        </Button>
      ) : null}
      {deep ? <Deep id={entry.id} /> : <Rows rows={members} />}
    </>
  );
}

/** Deep is the whole of a group, each entry once: where one comes again, or below itself, it is only named. */
function Deep({ id }: { id: string }) {
  const words = useEntryWords();
  const found = useMembers(id, true);
  if (found.isError) return <ProblemState error={found.error} retry={() => void found.refetch()} inline />;
  if (!found.data) return <SkeletonRows rows={3} label={words.opening} />;
  const { rows, people, unknown, complete, cut } = found.data;
  return (
    <>
      <p className={classes.small} role="status">
        {words.people(people)} {unknown > 0 ? words.unknownMembers(unknown) : ""} {complete ? "" : words.notAll}
      </p>
      {cut.map((why) => (
        <p key={why} className={classes.small}>
          {why}
        </p>
      ))}
      <Rows rows={rows} />
    </>
  );
}

function Rows({ rows }: { rows: readonly MemberRow[] }) {
  const shared = useWords();
  const words = useEntryWords();
  return (
    <Folded items={rows} first={20} step={100} more={words.showMore} className={classes.members}>
      {({ dn, hit, depth, state }, i) => (
        <li key={`${dn} ${i}`} style={{ paddingLeft: (depth - 1) * 16 }}>
          <Nation code={hit?.nation ?? ""} />
          <span>
            {depth > 1 ? <span className="visually-hidden">{words.depth(depth)} </span> : null}
            {hit ? <Link href={place("/book", hit.id)}>{named(hit)}</Link> : <span className="mono">{dn}</span>}
            <span className="quiet">
              {hit ? ` ${hit.title || shared.kind[hit.kind]}` : ""}
              {state === "shown" ? "" : ` ${words.memberStates[state]}`}
            </span>
          </span>
        </li>
      )}
    </Folded>
  );
}
