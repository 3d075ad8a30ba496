import type { PolicyDrawing } from "../../api/types";
import classes from "./policies.module.css";
import { usePolicyWords } from "./words";

type Class = PolicyDrawing["classes"][number];
type TagSet = PolicyDrawing["tagSets"][number];
type Value = TagSet["tags"][number]["values"][number];

/** Drawing is a policy as a person reads it: classifications from the top down, then each tag set with its values and their rules. */
export function Drawing({ drawing: d }: { drawing: PolicyDrawing }) {
  const words = usePolicyWords();
  return (
    <div className={classes.drawing}>
      <p className="quiet">
        {d.originator ? words.issuedBy(d.originator) : words.issuedByNobody} {words.modes[d.mode]}{" "}
        {d.required.length > 0 ? words.required(d.required.join(", ")) : ""}{" "}
        {d.unlabelled ? words.unlabelled(d.unlabelled) : ""}
      </p>
      <h3>{words.classes}</h3>
      <ol className={classes.classes}>
        {d.classes.map((c) => (
          <Classification key={c.name} class={c} />
        ))}
      </ol>
      {d.tagSets.map((s) => (
        <DrawnSet key={s.id} set={s} />
      ))}
      {d.privacyMarks.length > 0 ? (
        <>
          <h3>{words.privacyMarks}</h3>
          <p>{d.privacyMarks.join(" · ")}</p>
        </>
      ) : null}
      {d.equivalents.length > 0 ? (
        <>
          <h3>{words.equivalents}</h3>
          <ul className={classes.plain}>
            {d.equivalents.map((e) => (
              <li key={e.id}>
                {e.name} <span className="quiet">{e.known ? words.known : words.notKnown}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {d.memberships ? (
        <>
          <h3>{words.memberships}</h3>
          <ul className={classes.plain}>
            {Object.entries(d.memberships).map(([name, members]) => (
              <li key={name}>
                <strong>{name}</strong> {members.join(", ")}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}

function Classification({ class: c }: { class: Class }) {
  return (
    <li>
      <span
        className={classes.swatch}
        style={c.background ? { background: c.background, color: c.foreground } : undefined}
        data-none={c.background ? undefined : true}
      >
        {c.name}
      </span>
      <Said of={c} />
    </li>
  );
}

function DrawnSet({ set: s }: { set: TagSet }) {
  const words = usePolicyWords();
  return (
    <>
      <h3>{s.name}</h3>
      {s.equivalents.length > 0 ? <p className="quiet">{words.is(s.equivalents.join(", "))}</p> : null}
      {s.tags.map((t) => (
        <div key={`${t.type} ${t.name} ${t.values[0]?.name ?? ""}`} className={classes.tag}>
          <p>
            <strong>{words.types[t.type]}</strong>
            {t.name && t.name !== s.name ? ` · ${t.name}` : ""} <span className="quiet">{t.rules.join("; ")}</span>
          </p>
          <ul className={classes.values}>
            {t.values.map((v) => (
              <li key={v.name}>
                <span className={classes.value} data-obsolete={v.obsolete || undefined}>
                  {v.name}
                </span>
                <Said of={v} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

/** Said is what is said of a classification or value: how it is marked where that is not its name, its rules, what it is elsewhere. */
function Said({ of: x }: { of: Class | Value }) {
  const words = usePolicyWords();
  const marked = x.phrases.filter((p) => p.text !== "" && p.text !== x.name);
  const said = [
    ...marked.map((p) => words.marked(p.text, p.lang)),
    ...x.rules,
    ...x.equivalents.map((e) => words.is(e)),
  ];
  return said.length > 0 ? <span>{said.join(" · ")}</span> : null;
}
