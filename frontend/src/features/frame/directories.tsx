import { Button, Popover } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, ask } from "../../api/client";
import { useDirectories } from "../../api/queries";
import type { Directory } from "../../api/types";
import { DirectoryIcon } from "../../components/icons";
import { Nation } from "../../components/nation";
import { ProblemState } from "../../components/state";
import { useLanguage, useWords } from "../../words/language";
import { age } from "../../words/time";
import classes from "./frame.module.css";

/** isBad: it was not read as it should be. What is only asked, when somebody looks for something, is never read as a whole. */
const isBad = (d: Directory) => d.state !== "ok" && !isOnlyAsked(d);

const isOnlyAsked = (d: Directory) => d.mode === "look-up" && (d.state === "ok" || d.state === "never-read");

/** Directories says how the nations' directories stand, and has them read again. */
export function Directories({ narrow }: { narrow: boolean }) {
  const { frame } = useWords();
  const directories = useDirectories();
  const all = directories.data ?? [];
  const bad = all.filter(isBad).length;
  const text = bad > 0 ? frame.directoriesBad(bad, all.length) : frame.directoriesAll(all.length);
  const name = directories.data ? text : frame.directories;
  return (
    <Popover position="right-end" withArrow trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={`${classes.tool} ${bad > 0 ? classes.bad : ""}`}
          aria-label={name}
          title={name}
        >
          <DirectoryIcon />
          {narrow ? null : <span>{name}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={frame.directories}>
        <div className={classes.directories}>
          {directories.isError ? <ProblemState error={directories.error} inline /> : null}
          <ul className={classes.states}>
            {all.map((d) => (
              <Row key={d.name} directory={d} />
            ))}
          </ul>
          {all.some((d) => d.mode === "mirror") ? <ReadNow /> : null}
          <Link href="/admin/directories">{frame.directoriesMore}</Link>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Row({ directory: d }: { directory: Directory }) {
  const words = useWords();
  const { language } = useLanguage();
  return (
    <li>
      <Nation code={d.nation} />
      <span className={isBad(d) ? classes.bad : undefined}>
        {isOnlyAsked(d) ? words.frame.directoryAsked : words.frame.directoryStates[d.state]}
      </span>
      <span className="quiet">{words.frame.directoryEntries(d.entries.toLocaleString(language))}</span>
      {isOnlyAsked(d) ? null : (
        <p className="quiet">
          {d.lastRead ? words.frame.directoryAge(age(d.lastRead, words)) : words.frame.directoryNever}
        </p>
      )}
      {d.error ? <p className="mono">{d.error}</p> : null}
    </li>
  );
}

function ReadNow() {
  const { frame } = useWords();
  const directories = useDirectories();
  const read = useMutation({
    mutationFn: async () => {
      const { job } = await ask(api.POST("/api/book/sync"));
      await ended(job);
    },
    onSettled: () => directories.refetch(),
  });
  return (
    <>
      <Button variant="default" size="compact-sm" disabled={read.isPending} onClick={() => read.mutate()}>
        {read.isPending ? frame.reading : frame.readNow}
      </Button>
      {read.isError ? <ProblemState error={read.error} inline /> : null}
    </>
  );
}

const pollEvery = 500;
const longest = 10 * 60_000;

/** ended waits for a job of the program. */
async function ended(id: number): Promise<void> {
  for (const start = Date.now(); Date.now() - start < longest; ) {
    const job = await ask(api.GET("/api/jobs/{id}", { params: { path: { id } } }));
    if (job.state === "done" || job.state === "failed") return;
    await new Promise((wake) => setTimeout(wake, pollEvery));
  }
}
