import type { PolicyVersion } from "../../api/types";
import { BrokenIcon, ClearedIcon, StaleIcon, UnknownIcon, WarningIcon } from "../../components/icons";
import classes from "./policies.module.css";
import { usePolicyWords } from "./words";

/** StandingMark says whether labels are judged by a version, and whether its time is over or nearly so. */
export function StandingMark({ version: v }: { version: PolicyVersion }) {
  const words = usePolicyWords();
  const late = v.validity !== "valid";
  return (
    <span className={classes.mark} data-tone={v.problem || v.validity === "ended" ? "bad" : late ? "warn" : undefined}>
      {v.problem ? <BrokenIcon /> : late ? <StaleIcon /> : null}
      <span data-strong={v.standing === "governing" || undefined}>{words.standings[v.standing]}</span>
      {v.problem ? ` · ${words.damaged}` : late ? ` · ${words.validities[v.validity]}` : null}
    </span>
  );
}

const signatures = {
  none: undefined,
  unchecked: UnknownIcon,
  verified: ClearedIcon,
  refused: WarningIcon,
} satisfies Record<PolicyVersion["signature"]["state"], unknown>;

const tones = { none: undefined, unchecked: undefined, verified: "good", refused: "bad" } as const;

/** SignatureMark says whether a version is what its issuer signed. */
export function SignatureMark({ version: v }: { version: PolicyVersion }) {
  const words = usePolicyWords();
  const Icon = signatures[v.signature.state];
  return (
    <span className={classes.mark} data-tone={tones[v.signature.state]}>
      {Icon ? <Icon /> : null}
      {words.signatures[v.signature.state]}
    </span>
  );
}
