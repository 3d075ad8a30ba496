import { useDocumentTitle } from "@mantine/hooks";
import { useCallback } from "react";
import { Link, useLocation, useParams } from "wouter";
import type { UsedHit } from "../../../api/types";
import { Failed } from "../../../components/failed";
import { named } from "../../../components/hit";
import { Nation } from "../../../components/nation";
import { nameIn, place } from "../../../components/place";
import { Split } from "../../../components/split";
import { SkeletonRows } from "../../../components/state";
import { useWords } from "../../../words/language";
import { age } from "../../../words/time";
import classes from "../book.module.css";
import { Copies } from "../copies";
import { EntryDetail } from "../entry/entry";
import { Sections } from "../sections";
import { Groups } from "./groups";
import { goneFrom, useFavourites, useGroups, useRecent } from "./queries";
import { Star } from "./star";
import { useOwnWords } from "./words";

/** OwnPage is the user's own part of the book: favourites, groups, and whom he wrote to lately. */
export function OwnPage() {
  const shared = useWords();
  const words = useOwnWords();
  const id = nameIn(useParams<{ id?: string }>().id);
  const [, go] = useLocation();
  const favourites = useFavourites();
  const recent = useRecent();
  const groups = useGroups();
  useDocumentTitle(`${words.title} – ${shared.app}`);
  const close = useCallback(() => go("/book/own"), [go]);
  const list = (
    <>
      {id === undefined ? <h1 className="visually-hidden">{words.title}</h1> : null}
      <Sections />
      <Copies of={goneFrom([...(favourites.data ?? []), ...(recent.data ?? [])], groups.data ?? [])} />
      <div className={classes.own}>
        <section aria-labelledby="favourites">
          <h2 id="favourites">{words.favourites}</h2>
          <Failed
            error={favourites.error}
            hasOld={favourites.data !== undefined}
            retry={() => void favourites.refetch()}
          />
          {favourites.isPending ? <SkeletonRows rows={3} label={words.loading} /> : null}
          {favourites.data ? <Used list={favourites.data as UsedHit[]} none={words.noFavourites} starred /> : null}
        </section>
        <Groups />
        <section aria-labelledby="recent">
          <h2 id="recent">{words.recent}</h2>
          <Failed error={recent.error} hasOld={recent.data !== undefined} retry={() => void recent.refetch()} />
          {recent.data ? <Used list={recent.data as UsedHit[]} none={words.noRecent} /> : null}
        </section>
      </div>
    </>
  );
  const detail = id === undefined ? null : <EntryDetail key={id} what={id} hit={undefined} close={close} />;
  return <Split list={list} detail={detail} beside />;
}

function Used({ list, none, starred }: { list: readonly UsedHit[]; none: string; starred?: boolean }) {
  const words = useOwnWords();
  if (list.length === 0)
    return (
      <p className="quiet">
        {none} <Link href="/book">{words.search}</Link>
      </p>
    );
  return (
    <ul className={classes.used}>
      {list.map((u) => (
        <li key={u.id}>
          <Nation code={u.hit?.nation ?? ""} />
          <span>
            {u.hit ? <Link href={place("/book/own", u.id)}>{named(u.hit)}</Link> : u.name}{" "}
            <span className="quiet">
              <About used={u} />
            </span>
          </span>
          {starred ? <Star hit={{ id: u.id, name: u.hit?.name ?? u.name, favourite: true }} /> : null}
        </li>
      ))}
    </ul>
  );
}

function About({ used: u }: { used: UsedHit }) {
  const shared = useWords();
  const words = useOwnWords();
  if (!u.hit) return words.gone;
  const often = u.count > 0 ? words.used(u.count) : "";
  const last = u.last ? words.last(age(u.last, shared)) : "";
  return [u.hit.title, u.hit.unit, often, last].filter(Boolean).join(" · ");
}
