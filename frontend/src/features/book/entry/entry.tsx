import { Button } from "@mantine/core";
import { useLocation } from "wouter";
import { Problem } from "../../../api/problem";
import type { Entry, Hit } from "../../../api/types";
import { useCopy } from "../../../components/copy";
import { isExpired, named } from "../../../components/hit";
import { Nation } from "../../../components/nation";
import { DetailHead } from "../../../components/split";
import { Notice, ProblemState, SkeletonRows } from "../../../components/state";
import { Talk } from "../../chat/talk";
import classes from "../book.module.css";
import { Copies } from "../copies";
import { writeTo } from "../marked";
import { GroupMenu } from "../own/menu";
import { Star } from "../own/star";
import { useVCards } from "../vcard";
import { Clearance } from "./clearance";
import { Fields } from "./fields";
import { Live } from "./live";
import { Members } from "./members";
import { useClaims, useEntry } from "./queries";
import { useEntryWords } from "./words";

type Props = {
  /** Id or address, as it stands in the page's address. */
  what: string;
  /** What the list knows of it already. */
  hit: Hit | undefined;
  close: () => void;
};

/** EntryDetail is everything that a drafter may know of an entry, and of all others that claim its address. */
export function EntryDetail({ what, hit, close }: Props) {
  const words = useEntryWords();
  const found = useEntry(what);
  const entries = found.data ?? [];
  const addresses = entries[0] ? [...entries[0].mail, ...entries[0].jid] : [];
  const claims = useClaims(
    addresses,
    entries.map((e) => e.id),
  );
  const all = [...entries, ...claims];
  const isUnknown = found.error instanceof Problem && found.error.status === 404;
  const known = isUnknown ? undefined : (entries[0] ?? hit);
  const title = known ? named(known) : isUnknown ? words.unknown : words.loading;
  return (
    <article className={classes.entry}>
      <DetailHead
        id={what}
        title={title}
        mark={known ? <Nation code={known.nation} /> : undefined}
        close={close}
        actions={known ? <Actions entry={known} /> : undefined}
      />
      {isUnknown ? (
        <section>
          <p className="quiet">{words.unknownHint}</p>
        </section>
      ) : found.isError ? (
        <ProblemState error={found.error} retry={() => void found.refetch()} />
      ) : null}
      {found.isPending ? <SkeletonRows label={words.loading} /> : null}
      {all.length > 1 ? (
        <Notice>
          <strong>{words.claimed(all.length)}</strong>
          <p>{words.claimedMeans}</p>
        </Notice>
      ) : null}
      {all.map((e, i) => (
        <section key={e.id}>
          {all.length > 1 ? <h2>{words.other(i + 1, all.length, named(e))}</h2> : null}
          <Whole entry={e} level={all.length > 1 ? "h3" : "h2"} />
        </section>
      ))}
    </article>
  );
}

/** Whole is one entry: what bars it, what is known, who is behind it, and what its directory says now. */
function Whole({ entry, level }: { entry: Entry; level: "h2" | "h3" }) {
  const words = useEntryWords();
  return (
    <>
      {entry.disabled || isExpired(entry) ? (
        <Notice>
          <strong>{entry.disabled ? words.disabled : words.expired}</strong>
          <p>{words.disabledMeans}</p>
        </Notice>
      ) : null}
      {entry.lookalike ? (
        <Notice>
          <strong>{words.lookalike}</strong>
          <p>{entry.lookalike}</p>
        </Notice>
      ) : null}
      <Copies of={[entry.directory]} />
      <Fields entry={entry} level={level} />
      <Members entry={entry} level={level} />
      <Live entry={entry} level={level} />
      <Clearance id={entry.id} level={level} />
    </>
  );
}

function Actions({ entry }: { entry: Hit }) {
  const words = useEntryWords();
  const [, go] = useLocation();
  const { copied, copy } = useCopy();
  const cards = useVCards();
  const card = (
    <Button variant="default" disabled={cards.isBusy} onClick={() => cards.save([entry.id])}>
      {words.vcard}
    </Button>
  );
  const error = cards.error ? <ProblemState error={cards.error} inline /> : null;
  if (!entry.address)
    return (
      <>
        <p className="quiet">{words.noAddress}</p>
        <Star hit={entry} />
        {card}
        {error}
      </>
    );
  return (
    <>
      <Button classNames={{ label: classes.long }} onClick={() => go(writeTo([entry.address]))}>
        {words.write(entry.name || entry.address)}
      </Button>
      <Button variant="default" onClick={() => copy(entry.address)}>
        {copied ? words.copied : words.copy}
      </Button>
      <Talk hit={entry} />
      <Star hit={entry} />
      <GroupMenu members={[entry]} size="sm" />
      {card}
      {error}
    </>
  );
}
