import type { ChatOccupant, ChatPresence } from "../../api/types";

/**
 * Somebody who may not have what is said in a room, and is told of: he came in while it was looked at, was cleared and is not any more,
 * or is here and is barred by a label that was chosen or changed since.
 */
export type Alarm = {
  who: ChatOccupant;
  kind: "entered" | "turned" | "here";
  /** When it was told of first, and by which marking. */
  since: string;
  marking: string;
};

/** Who was told of and left: what was said meanwhile reached him, so it is told until it is put away. */
export type Gone = { who: ChatOccupant; since: string; until: string; marking: string };

const mostGone = 20; // of one room are kept, the newest

/**
 * What is known of somebody in a room: by the last label that there was, or, where there was none yet, whether he came while it was
 * looked at ("new") or was there before ("old").
 */
type Standing = "cleared" | "barred" | "new" | "old";

/** What is known of a room: by which label its people were judged last ("": none), how they stood, and of whom is to be told. */
export type Watched = {
  judged: string;
  there: ReadonlyMap<string, Standing>;
  alarms: readonly Alarm[];
  gone: readonly Gone[];
};

/** keyOf is by what somebody in a room is known: another nick is no other person, where the room tells the address. */
export const keyOf = (o: ChatOccupant) => (o.address ? `address ${o.address}` : `nick ${o.nick}`);

const isBarred = (o: ChatOccupant) => !o.mine && o.outcome !== "cleared";

/** peopleOf is who is there, each once: of one who is there twice, what is worse. */
function peopleOf(now: ChatPresence): Map<string, ChatOccupant> {
  const there = new Map<string, ChatOccupant>();
  for (const o of now.occupants) {
    const key = keyOf(o);
    const other = there.get(key);
    if (!other || !isBarred(other)) there.set(key, o);
  }
  return there;
}

/**
 * watched takes what a room says now. Who was there when one came is no news: the line above them counts them. Who enters, loses a
 * clearance, or is there when a label comes under which he may not have what is said, is told of until he is cleared or the user has put
 * it away; of whom this was told and who has left, that he was here stays. `at` is now.
 */
export function watched(before: Watched | undefined, now: ChatPresence, at: string): Watched {
  const people = peopleOf(now);
  const gone = goneOf(before, people, at);
  if (now.judged.state === "unlabelled") return { ...unjudged(before, people), gone };
  const judged = `${now.judged.policy} ${now.judged.marking}`;
  const still = (before?.alarms ?? []).flatMap((a) => {
    const who = people.get(keyOf(a.who));
    return who && isBarred(who) ? [{ ...a, who }] : [];
  });
  const told = new Set(still.map((a) => keyOf(a.who)));
  const there = new Map<string, Standing>();
  const fresh: Alarm[] = [];
  for (const [key, who] of people) {
    there.set(key, isBarred(who) ? "barred" : "cleared");
    if (!before || !isBarred(who) || told.has(key)) continue;
    const kind = news(before.there.get(key), before.judged === judged);
    if (kind) fresh.push({ who, kind, since: at, marking: now.judged.marking });
  }
  return { judged, there, alarms: [...fresh, ...still], gone };
}

/** goneOf is who was told of and is not there any more. */
function goneOf(before: Watched | undefined, people: ReadonlyMap<string, ChatOccupant>, at: string): readonly Gone[] {
  if (!before) return [];
  const left = before.alarms.filter((a) => !people.has(keyOf(a.who)));
  if (left.length === 0) return before.gone;
  return [...left.map(({ who, since, marking }) => ({ who, since, until: at, marking })), ...before.gone].slice(
    0,
    mostGone,
  );
}

/** news is what is to be told of somebody who may not have what is said, by how he stood before. */
function news(was: Standing | undefined, sameLabel: boolean): Alarm["kind"] | undefined {
  if (was === undefined) return "entered";
  if (was === "cleared") return sameLabel ? "turned" : "here";
  return was === "new" ? "here" : undefined;
}

/** unjudged: without a label nobody is told of; who came meanwhile, or was told of, is so once there is one. */
function unjudged(before: Watched | undefined, people: ReadonlyMap<string, ChatOccupant>): Omit<Watched, "gone"> {
  const told = new Set(before?.alarms.map((a) => keyOf(a.who)));
  const there = new Map<string, Standing>();
  for (const key of people.keys()) {
    const was = before ? (before.there.get(key) ?? "new") : "old";
    there.set(key, told.has(key) ? "new" : was);
  }
  return { judged: "", there, alarms: [] };
}

/** goneKey is by what it is known that somebody was here: he may come and go more than once. */
export const goneKey = (g: Gone) => `${g.until} ${keyOf(g.who)}`;

/** without puts away what is told of somebody; "": of everybody. */
export const without = (w: Watched, key: string): Watched => ({
  ...w,
  alarms: key === "" ? [] : w.alarms.filter((a) => keyOf(a.who) !== key),
  gone: key === "" ? [] : w.gone.filter((g) => goneKey(g) !== key),
});
