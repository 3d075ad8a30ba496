import { Button } from "@mantine/core";
import { useInstallation } from "../../../api/queries";
import type { Entry, LiveEntry } from "../../../api/types";
import { Field } from "../../../components/field";
import { Folded } from "../../../components/folded";
import { named } from "../../../components/hit";
import { ProblemState, SkeletonRows } from "../../../components/state";
import { useLanguage } from "../../../words/language";
import { longDate, longTime } from "../../../words/time";
import classes from "../book.module.css";
import { useLive } from "./queries";
import { useEntryWords } from "./words";

type Props = { entry: Entry; level: "h2" | "h3" };

/**
 * Live is the entry as its directory gives it now, with what no copy keeps: photo and certificates. The own nation's directory is
 * asked at once, a partner's when the user says so (RULES 22).
 */
export function Live({ entry, level: Heading }: Props) {
  const words = useEntryWords();
  const installation = useInstallation();
  const live = useLive(entry.id, installation.data?.nation === entry.nation);
  return (
    <>
      <Heading className={classes.part}>{words.now}</Heading>
      {live.isFetching ? <SkeletonRows rows={2} label={words.asking} /> : null}
      {live.isError && !live.isFetching ? <ProblemState error={live.error} inline /> : null}
      {live.data && !live.isFetching ? <Shown live={live.data} name={named(entry)} /> : null}
      <Button size="xs" variant="default" disabled={live.isFetching} onClick={() => void live.refetch()}>
        {live.data ? words.readAgain : words.readNow}
      </Button>
    </>
  );
}

function Shown({ live, name }: { live: LiveEntry; name: string }) {
  const words = useEntryWords();
  const { language } = useLanguage();
  return (
    <>
      <p role="status">
        {words.states[live.state]} <span className="quiet">{longTime(live.at, language)}</span>
      </p>
      {live.why ? <p className={classes.small}>{live.why}</p> : null}
      {live.changes.length > 0 ? (
        <ul className={classes.changes}>
          {live.changes.map((c) => (
            <li key={c.field}>
              {words.changed[c.field]}
              {c.old.length + c.new.length > 0 ? (
                <span className="quiet">
                  {" "}
                  {c.old.join(", ") || "–"} → {c.new.join(", ") || "–"}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {live.photo && live.photoType ? (
        <img className={classes.photo} alt={words.photo(name)} src={`data:${live.photoType};base64,${live.photo}`} />
      ) : null}
      <Certificates live={live} />
      <MemberOf live={live} />
    </>
  );
}

/** MemberOf are the groups that the directory itself names at the entry: not all of them need be in the book. */
function MemberOf({ live }: { live: LiveEntry }) {
  const words = useEntryWords();
  if (live.memberOf.length === 0 && !live.memberOfIncomplete) return null;
  return (
    <details open={live.memberOfIncomplete}>
      <summary>{words.memberOf(live.memberOf.length, live.memberOfIncomplete)}</summary>
      {live.memberOfIncomplete ? <p className={classes.small}>{words.memberOfPart}</p> : null}
      <Folded items={live.memberOf} first={20} step={100} more={words.showMore} className={classes.dns}>
        {(dn, i) => (
          <li key={`${dn} ${i}`}>
            <span className="mono">{dn}</span>
          </li>
        )}
      </Folded>
    </details>
  );
}

function Certificates({ live }: { live: LiveEntry }) {
  const words = useEntryWords();
  const { language } = useLanguage();
  return (
    <>
      {live.certificates.map((c) => (
        <dl key={c.serial + c.issuer} className={classes.fields}>
          <Field name={words.certificate}>
            <strong data-state={c.state} className={classes.certificate}>
              {words.certificates[c.state]}
            </strong>{" "}
            {words.between(longDate(c.notBefore, language), longDate(c.notAfter, language))}
            <p className={classes.small}>
              {words.issued(c.subject, c.issuer)} {c.use}
            </p>
          </Field>
        </dl>
      ))}
      {live.unreadable > 0 ? <p className={classes.small}>{words.unreadable(live.unreadable)}</p> : null}
    </>
  );
}
