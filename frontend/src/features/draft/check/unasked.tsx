import type { Report } from "../../../api/problem";
import classes from "./check.module.css";
import { useCheckWords } from "./words";

/** What the program notes at a way whose servers could not be asked what they take; behind it stands why. */
const noted = /could not be asked yet[^:]*:\s*/;

/** What could not be asked yet: whose servers, and why, each once. */
export type Asked = { servers: string[]; why: string[] };

/** unaskedOf finds whose servers could not be asked yet whether they take the label. Nothing leaves before they were (RULES 26). */
export function unaskedOf(report: Report): Asked {
  const servers = new Set<string>();
  const why = new Set<string>();
  for (const { address, link } of report.recipients) {
    const note = link.evidence.note ?? "";
    const found = noted.exec(note);
    if (!found) continue;
    servers.add(address.slice(address.lastIndexOf("@") + 1));
    const said = note.slice(found.index + found[0].length).trim();
    if (said) why.add(said);
  }
  return { servers: [...servers], why: [...why] };
}

/** Unasked says whose servers could not be asked yet: that everybody may get it is then no more than half of the answer. */
export function Unasked({ asked }: { asked: Asked }) {
  const { unasked: words } = useCheckWords();
  if (asked.servers.length === 0) return null;
  return (
    <section className={classes.finding} data-action="warn" aria-label={words.title}>
      <strong>{words.asked(asked.servers.join(", "))}</strong>
      {asked.why.map((w) => (
        <p key={w} className="quiet">
          {w}
        </p>
      ))}
    </section>
  );
}
