import classes from "./marking.module.css";

type Props = {
  marking: string;
  foreground?: string | undefined;
  background?: string | undefined;
  /** What stands there when there is no label yet. */
  none?: string;
  /** What the marking is worth, where it is not simply borne: assumed. */
  qualifier?: string;
  /** What the banner belongs to, for screen readers. */
  label: string;
};

/**
 * MarkingBanner runs across the top of anything that bears a label: the marking in full and never cut off, in the policy's
 * colour, with text black or white by the policy engine's choice (WCAG 2.1 contrast).
 */
export function MarkingBanner({ marking, foreground, background, none, qualifier = "", label }: Props) {
  if (!marking) {
    return none ? (
      <p className={classes.none} aria-label={label} role="note">
        {none}
      </p>
    ) : null;
  }
  const style = background ? { background, color: foreground } : { background: "var(--text)", color: "var(--surface)" };
  return (
    <p
      className={classes.banner}
      style={style}
      aria-label={`${qualifier ? `${label}, ${qualifier}` : label}: ${marking}`}
      role="note"
    >
      {qualifier ? <span className={classes.qualifier}>{qualifier} </span> : null}
      {marking}
    </p>
  );
}
