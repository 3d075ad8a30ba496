import { CloseIcon, WarningIcon } from "../../../components/icons";
import type { Warning } from "../shape";
import classes from "./check.module.css";
import { usePutAway } from "./put-away";
import { useCheckWords } from "./words";

/**
 * Warnings are for information: quiet, in their place, never spoken by themselves. One that was put away stays away for as long
 * as it says the same.
 */
export function Warnings({ warnings, draft }: { warnings: readonly Warning[]; draft: string }) {
  const { warnings: words } = useCheckWords();
  const { left, putAway } = usePutAway(warnings, draft);
  if (left.length === 0) return null;
  return (
    <section className={classes.group} aria-label={words.title}>
      <h2>{words.title}</h2>
      <ul className={classes.warnings}>
        {left.map((w) => (
          <li key={`${w.kind} ${w.text} ${w.addresses.join(" ")}`}>
            <WarningIcon size={14} />
            <div>
              <strong>{words.kinds[w.kind] ?? w.kind}.</strong> {w.text}
            </div>
            <button type="button" aria-label={words.dismiss(w.text)} onClick={() => putAway(w)}>
              <CloseIcon size={12} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
