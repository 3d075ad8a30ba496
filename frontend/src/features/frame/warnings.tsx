import { useSessionStorage } from "@mantine/hooks";
import { useInstallation } from "../../api/queries";
import { CloseIcon } from "../../components/icons";
import { Notice } from "../../components/state";
import { useWords } from "../../words/language";
import classes from "./frame.module.css";

/**
 * Warnings are what the administrator's set-up gives cause for, such as a policy near its end (RULES 17). One that was read
 * and put away does not come back until it says something else.
 */
export function Warnings() {
  const { frame } = useWords();
  const installation = useInstallation();
  const warnings = installation.data?.warnings ?? [];
  const now = warnings.join("\n");
  const [read, setRead] = useSessionStorage({
    key: "caveat-warnings-read",
    defaultValue: "",
    getInitialValueInEffect: false,
  });
  if (now === "" || now === read) return null;
  return (
    <Notice>
      <div className={classes.warnings}>
        <ul aria-label={frame.warnings}>
          {warnings.map((w) => (
            <li key={w}>{w}</li>
          ))}
        </ul>
        <button type="button" className={classes.away} aria-label={frame.putAway} onClick={() => setRead(now)}>
          <CloseIcon />
        </button>
      </div>
    </Notice>
  );
}
