import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import type { RecipientReport } from "../../../api/types";
import { Nation } from "../../../components/nation";
import { OutcomeMark, outcomeOf } from "../../../components/outcome";
import { ProblemState } from "../../../components/state";
import { fold } from "../addresses";
import { LongList } from "../check/long-list";
import type { Known } from "../names";
import { type Expanded, useExpanded } from "./expand";
import { KindMark } from "./kind";
import classes from "./recipients.module.css";
import { useRecipientWords } from "./words";

type Props = {
  address: string;
  channel: "mail" | "chat";
  known: Known | undefined;
  report: RecipientReport | undefined;
  replace: (group: string, members: Expanded["members"]) => void;
  close: () => void;
};

/** OpenedGroup shows below a field who is in a list or role of it, and puts them in its place. */
export function OpenedGroup({ address, channel, known, report, replace, close }: Props) {
  const own = useRecipientWords();
  const opened = useExpanded(address, channel);
  const first = useRef<HTMLButtonElement>(null);
  const name = known?.name || address;
  const title = own.opened.title(name);
  const verdicts = useMemo(() => membersOf(report), [report]);
  const { members = [], unreachable = [], incomplete = false } = opened.data ?? {};
  useEffect(() => first.current?.focus(), []);
  return (
    <section
      className={classes.opened}
      aria-label={title}
      onKeyDown={(e) => {
        if (e.key !== "Escape") return;
        e.stopPropagation();
        close();
      }}
    >
      <div className={classes.openedHead}>
        <strong>{title}</strong>
        <span className="quiet" role="status">
          {opened.isPending ? own.opened.reading : own.opened.members(members.length)}
        </span>
        <button type="button" ref={first} className={classes.link} onClick={close}>
          {own.close}
        </button>
      </div>
      {opened.isError ? <ProblemState error={opened.error} retry={() => void opened.refetch()} inline /> : null}
      {incomplete ? <p className={classes.left}>{own.opened.incomplete}</p> : null}
      {opened.data && members.length === 0 ? <p>{own.opened.nobody}</p> : null}
      <LongList items={members} keyOf={(m) => m.address} label={title} size={28}>
        {(m) => {
          const found = verdicts.get(fold(m.address));
          return (
            <div className={classes.member} title={m.address}>
              <Nation code={m.nation} />
              <span className={classes.allName} title={m.name || m.address}>
                {m.name || m.address}
              </span>
              <KindMark kind={m.kind} />
              {found ? <OutcomeMark outcome={outcomeOf(found)} /> : null}
            </div>
          );
        }}
      </LongList>
      {unreachable.length > 0 ? (
        <p className={classes.left}>
          {own.opened.unreachable(unreachable.length)} {unreachable.slice(0, 5).join(", ")}
          {unreachable.length > 5 ? ` ${own.and(unreachable.length - 5)}` : ""}
        </p>
      ) : null}
      {members.length > 0 ? (
        <Button size="compact-sm" variant="default" onClick={() => replace(address, members)}>
          {incomplete || unreachable.length > 0
            ? own.opened.replaceKnown(members.length)
            : own.opened.replace(members.length)}
        </Button>
      ) : null}
    </section>
  );
}

/** membersOf finds what the check said of each who is behind somebody, to the last level. */
function membersOf(report: RecipientReport | undefined): Map<string, RecipientReport> {
  const out = new Map<string, RecipientReport>();
  const level = [...(report?.members ?? [])];
  for (let m = level.pop(); m; m = level.pop()) {
    if (m.address) out.set(fold(m.address), m);
    level.push(...(m.members ?? []));
  }
  return out;
}
