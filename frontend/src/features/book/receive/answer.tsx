import { Button } from "@mantine/core";
import type { Hit, LabelSelection, Receive } from "../../../api/types";
import { WarningIcon } from "../../../components/icons";
import { MarkingBanner } from "../../../components/marking";
import { EmptyState, SkeletonRows } from "../../../components/state";
import { useLanguage } from "../../../words/language";
import { Said } from "../said";
import { Legend } from "./bar";
import { Counts, type Line } from "./counts";
import type { Asked } from "./page";
import { People } from "./people";
import classes from "./receive.module.css";
import { WhyNot } from "./why";
import { useReceiveWords } from "./words";

type Props = {
  found: Receive;
  /** What is shown is still the answer before. */
  isOld: boolean;
  asked: Asked & { label: LabelSelection };
  set: (asked: Asked) => void;
  opened: string | undefined;
  open: (h: Hit) => void;
};

/** Answer is the count under its marking, and the way down: nations, units of one, people of a unit. */
export function Answer({ found, isOld, asked, set, opened, open }: Props) {
  const words = useReceiveWords();
  const { language } = useLanguage();
  const n = (x: number) => x.toLocaleString(language);
  const { people, groups } = found;
  const others = groups.lists + groups.roles + groups.rooms;
  return (
    <>
      <MarkingBanner
        marking={found.marking}
        foreground={found.foreground}
        background={found.background}
        label={words.banner}
      />
      <Said directories={found.directories} live={false} />
      <div className={classes.sum}>
        <p role="status">
          <strong>{words.sum(n(people.may), n(people.people), asked.nation)}</strong>{" "}
          <span className="quiet">
            {others > 0 ? words.others(n(others)) : ""} {people.shared > 0 ? words.shared(n(people.shared)) : ""}
          </span>
        </p>
        {found.unseen > 0 ? (
          <p>
            <WarningIcon size={14} /> {words.unseen(n(found.unseen))}
          </p>
        ) : null}
        <p className="quiet">{words.noCheck}</p>
        <Legend />
      </div>
      <Way asked={asked} set={set} />
      <Level found={found} isOld={isOld} asked={asked} set={set} opened={opened} open={open} />
      <WhyNot key={`${asked.channel} ${JSON.stringify(asked.label)}`} label={asked.label} channel={asked.channel} />
    </>
  );
}

/** Way says where one is, and leads back up. */
function Way({ asked, set }: { asked: Asked; set: (asked: Asked) => void }) {
  const words = useReceiveWords();
  if (asked.nation === "") return null;
  return (
    <nav className={classes.way} aria-label={words.way}>
      <Button size="compact-sm" variant="subtle" onClick={() => set({ ...asked, nation: "", unit: null })}>
        {words.allNations}
      </Button>
      <span aria-hidden>›</span>
      {asked.unit === null ? (
        <strong>{asked.nation}</strong>
      ) : (
        <>
          <Button size="compact-sm" variant="subtle" onClick={() => set({ ...asked, unit: null })}>
            {asked.nation}
          </Button>
          <span aria-hidden>›</span>
          <strong>{asked.unit || words.noUnit}</strong>
        </>
      )}
    </nav>
  );
}

function Level({ found, isOld, asked, set, opened, open }: Props) {
  const words = useReceiveWords();
  if (asked.unit !== null) {
    const { label, channel, nation, unit } = asked;
    if (unit === "") return <EmptyState title={words.noUnit}>{words.noUnitList}</EmptyState>;
    return <People label={label} channel={channel} nation={nation} unit={unit} opened={opened} open={open} />;
  }
  if (asked.nation !== "") {
    if (isOld) return <SkeletonRows label={words.counting} />;
    const lines = found.units.map((u): Line => ({ id: u.unit, name: u.unit || words.noUnit, counts: u.counts }));
    return (
      <Counts
        label={words.byUnit}
        first={words.unit}
        lines={lines}
        scope={asked.nation}
        open={(l) => set({ ...asked, unit: l.id })}
      />
    );
  }
  const lines = found.nations.map((x): Line => {
    const barred = x.routes.filter((r) => r.outcome !== "cleared");
    const aside = barred.map((r) => words.barred(r.domain, r.reasons.join(" "))).join(" ");
    return { id: x.nation, name: x.nation, counts: x.counts, ...(aside ? { aside } : {}) };
  });
  return (
    <Counts
      label={words.byNation}
      first={words.nation}
      lines={lines}
      scope="nations"
      open={(l) => set({ ...asked, nation: l.id })}
    />
  );
}
