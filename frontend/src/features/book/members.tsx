import { Link } from "wouter";
import type { Entry, Hit } from "../../api/types";
import { Folded } from "../../components/folded";
import { Nation } from "../../components/nation";
import { place } from "../../components/place";
import { useWords } from "../../words/language";
import classes from "./book.module.css";
import { named } from "./results";
import { useBookWords } from "./words";

/** Members are those behind a list, a role or a room: known ones lead to their entries, of others the book has the DN only. */
export function Members({ entry, level: Heading }: { entry: Entry; level: "h2" | "h3" }) {
  const shared = useWords();
  const { entry: words } = useBookWords();
  if (entry.kind === "person" && entry.members.length === 0) return null;
  return (
    <>
      <Heading className={classes.part}>
        {words.members[entry.kind]}
        {entry.members.length > 0 ? <span className="quiet"> {entry.members.length}</span> : null}
      </Heading>
      {entry.members.length === 0 ? <p className={classes.small}>{words.nobody}</p> : null}
      <Folded items={paired(entry)} first={20} step={100} more={words.showMore} className={classes.members}>
        {({ dn, hit }) =>
          hit ? (
            <li key={dn}>
              <Nation code={hit.nation} />
              <span>
                <Link href={place("/book", hit.id)}>{named(hit)}</Link>
                <span className="quiet"> {hit.title || shared.kind[hit.kind]}</span>
              </span>
            </li>
          ) : (
            <li key={dn}>
              <Nation code="" />
              <span>
                <span className="mono">{dn}</span> <span className="quiet">{words.notInBook}</span>
              </span>
            </li>
          )
        }
      </Folded>
    </>
  );
}

/** paired puts to each DN the entry that the book has for it; those come in the order of the DNs. */
export function paired({
  members,
  resolved,
}: Pick<Entry, "members" | "resolved">): { dn: string; hit: Hit | undefined }[] {
  const byDN = new Map(resolved.map((h) => [loosely(h.dn), h]));
  return [...new Set(members)].map((dn) => ({ dn, hit: byDN.get(loosely(dn)) }));
}

/** loosely: two spellings of one DN may differ in case and in spaces around the separators. */
const loosely = (dn: string) => dn.toLowerCase().replace(/\s*([,=+])\s*/g, "$1");
