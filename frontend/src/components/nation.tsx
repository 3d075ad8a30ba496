import { useWords } from "../words/language";
import classes from "./nation.module.css";

/** Nation is the three-letter code of whose directory decides. Flags are not used: they cannot be read aloud or in grey. */
export function Nation({ code }: { code: string }) {
  const words = useWords();
  return code ? (
    <span className={classes.nation}>{code}</span>
  ) : (
    <span className={classes.nation} title={words.nationNone}>
      –
    </span>
  );
}
