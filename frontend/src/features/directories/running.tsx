import { Button } from "@mantine/core";
import type { Directory } from "../../api/types";
import { ProblemState } from "../../components/state";
import { useLanguage } from "../../words/language";
import { bytes, span } from "../../words/numbers";
import classes from "./directories.module.css";
import { useAct } from "./queries";
import { useDirectoryWords } from "./words";

/** Running is how far a read is: what, how much, how fast, how long, and a way to stop it. */
export function Running({ directory: d }: { directory: Directory }) {
  const words = useDirectoryWords();
  const { language } = useLanguage();
  const { stop } = useAct(d.name);
  const r = d.running;
  if (!r) return null;
  const n = (x: number) => x.toLocaleString(language);
  const left = r.leftSeconds === null ? words.run.leftUnknown : words.run.left(span(r.leftSeconds, language));
  return (
    <div className={classes.running}>
      <strong>{words.run.title(d.name, r.full)}</strong>
      <progress
        aria-label={words.run.title(d.name, r.full)}
        max={r.expected > 0 ? r.expected : undefined}
        value={r.expected > 0 ? Math.min(r.read, r.expected) : undefined}
      />
      <p>
        {r.expected > 0 ? words.run.of(n(r.read), n(r.expected)) : words.run.read(n(r.read))}
        {" · "}
        {words.run.rate(n(Math.round(r.perSecond)))}
        {" · "}
        {left}
        {" · "}
        {bytes(r.bytes, language)}
      </p>
      <Button size="xs" variant="default" disabled={r.stopping || stop.isPending} onClick={() => stop.mutate()}>
        {r.stopping ? words.run.stopping : words.run.stop}
      </Button>
      {stop.error ? <ProblemState error={stop.error} inline /> : null}
    </div>
  );
}
