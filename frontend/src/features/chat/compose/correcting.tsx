import { Button } from "@mantine/core";
import { clock } from "../../../words/time";
import { useRow } from "../../sent/queries";
import classes from "./compose.module.css";
import { useComposeWords } from "./words";

/** Correcting says that what is written takes the place of a message, and leads back. */
export function Correcting({ message, stop }: { message: string; stop: () => void }) {
  const words = useComposeWords();
  const row = useRow(message);
  return (
    <div className={classes.correcting}>
      <span role="status">{words.correcting(row.data ? clock(row.data.created) : "…")}</span>
      <Button size="compact-sm" variant="default" onClick={stop} title="Esc">
        {words.stop}
      </Button>
    </div>
  );
}
