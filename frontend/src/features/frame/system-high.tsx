import { Tooltip } from "@mantine/core";
import type { Installation } from "../../api/types";
import { useWords } from "../../words/language";
import classes from "./frame.module.css";

/** SystemHigh frames the window with the most that this installation may hold (RULES 10), and says who manages it (27). */
export function SystemHigh({ installation }: { installation: Installation | undefined }) {
  const words = useWords();
  const high = installation?.systemHigh;
  const colours = high?.background ? { background: high.background, color: high.foreground } : undefined;
  return (
    <>
      <header className={classes.strip}>
        {installation ? (
          <>
            <span className="quiet">{words.frame.systemHighName}</span>
            <strong className={classes.high} style={colours} title={words.frame.systemHigh(high?.marking ?? "")}>
              {high?.marking}
            </strong>
            <span>
              {installation.name} · {installation.nation}
            </span>
            {installation.managed ? null : (
              <Tooltip label={words.frame.notManagedMeans} events={{ hover: true, focus: true, touch: true }}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation opens on focus */}
                <span className={classes.plain} tabIndex={0}>
                  {words.frame.notManaged}
                </span>
              </Tooltip>
            )}
          </>
        ) : (
          <span>{words.app}</span>
        )}
      </header>
      <div className={classes.edge} style={{ borderColor: high?.background || "var(--line-strong)" }} aria-hidden />
    </>
  );
}
