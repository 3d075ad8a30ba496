import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { ProblemState, SkeletonRows } from "../../components/state";
import { useLanguage } from "../../words/language";
import { bytes, span } from "../../words/numbers";
import { longDate, longTime } from "../../words/time";
import classes from "./directories.module.css";
import { useIsGoing } from "./queries";
import { useDirectoryWords } from "./words";

const shown = 5; // failures

/** Reads are what reading a directory brought of late: what failed and why, and what it cost by day. */
export function Reads({ name }: { name: string }) {
  const { history: words } = useDirectoryWords();
  const { language } = useLanguage();
  const reads = useQuery({
    queryKey: ["directories", "reads", name],
    enabled: !useIsGoing(name),
    queryFn: ({ signal }) => ask(api.GET("/api/directories/{name}/reads", { params: { path: { name } }, signal })),
  });
  const bad = (reads.data?.reads ?? []).filter((r) => r.state !== "ok" && r.state !== "stopped");
  return (
    <>
      <h2 className={classes.part}>{words.title}</h2>
      {reads.isPending ? <SkeletonRows rows={2} label={words.title} /> : null}
      {reads.error ? <ProblemState error={reads.error} inline /> : null}
      {reads.data?.reads.length === 0 ? <p className="quiet">{words.none}</p> : null}
      {reads.data && reads.data.reads.length > 0 ? (
        <>
          <h3 className={classes.part}>{words.failures}</h3>
          {bad.length === 0 ? <p className="quiet">{words.noFailures}</p> : null}
          <ul className={classes.said}>
            {bad.slice(0, shown).map((r) => (
              <li key={r.started}>
                {longTime(r.started, language)}: {words.states[r.state]}
                {r.error ? <p className={`${classes.small} mono`}>{r.error}</p> : null}
              </li>
            ))}
          </ul>
          <table className={`${classes.evidence} ${classes.days}`}>
            <caption>{words.days}</caption>
            <thead>
              <tr>
                <th scope="col">{words.day}</th>
                <th scope="col">{words.reads}</th>
                <th scope="col">{words.failed}</th>
                <th scope="col">{words.bytes}</th>
                <th scope="col">{words.seconds}</th>
              </tr>
            </thead>
            <tbody>
              {reads.data.days.map((d) => (
                <tr key={d.day}>
                  <th scope="row">{longDate(d.day, language)}</th>
                  <td>{d.reads.toLocaleString(language)}</td>
                  <td>{d.failed.toLocaleString(language)}</td>
                  <td>{bytes(d.bytes, language)}</td>
                  <td>{span(d.seconds, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : null}
    </>
  );
}
