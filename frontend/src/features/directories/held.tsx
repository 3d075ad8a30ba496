import { Button } from "@mantine/core";
import { useRoles } from "../../api/queries";
import type { Directory } from "../../api/types";
import { Notice, ProblemState } from "../../components/state";
import { useLanguage } from "../../words/language";
import classes from "./directories.module.css";
import { useAct } from "./queries";
import { useDirectoryWords } from "./words";

/** Held asks what a directory that suddenly has much less means. The button says exactly what will happen. */
export function Held({ directory: d }: { directory: Directory }) {
  const { held: words } = useDirectoryWords();
  const { language } = useLanguage();
  const { confirm } = useAct(d.name);
  const isAdministrator = useRoles().includes("administrator");
  if (d.held === 0) return null;
  const n = d.held.toLocaleString(language);
  return (
    <Notice>
      <strong>{words.title(d.name, n, d.entries.toLocaleString(language))}</strong>
      <p>{words.means}</p>
      {isAdministrator ? (
        <Button
          className={classes.confirm}
          size="xs"
          variant="default"
          disabled={confirm.isPending || d.running !== null}
          onClick={() => confirm.mutate()}
        >
          {words.confirm(n, d.name)}
        </Button>
      ) : null}
      {confirm.error ? <ProblemState error={confirm.error} inline /> : null}
    </Notice>
  );
}
