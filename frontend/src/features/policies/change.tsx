import { Button, NativeSelect, Textarea } from "@mantine/core";
import { useState } from "react";
import type { PolicyImpact, PolicyVersion } from "../../api/types";
import { announce } from "../../components/announce";
import { ProblemState, SkeletonRows } from "../../components/state";
import { Impact } from "./impact";
import classes from "./policies.module.css";
import { useAct, useImpact } from "./queries";
import { usePolicyWords } from "./words";

type As = "governing" | "beside";
type Props = { version: PolicyVersion; replaces: PolicyVersion | undefined; signers: readonly string[] };

/** Change says what would change by a version, and puts it in force: never the second without the first. */
export function Change({ version: v, replaces, signers }: Props) {
  const words = usePolicyWords();
  const [shown, setShown] = useState(false);
  const stands = replaces?.standing === "governing" ? "governing" : "beside";
  const [as, setAs] = useState<As>(stands);
  const impact = useImpact(v.sha256, as, shown);
  const { withdraw } = useAct(v.sha256);
  const choices: As[] = stands === "governing" ? ["governing"] : ["governing", "beside"];
  if (v.standing === "governing") return null;
  return (
    <section aria-label={words.change}>
      <h2>{words.change}</h2>
      {choices.length > 1 ? (
        <NativeSelect
          label={words.as}
          value={as}
          onChange={(e) => setAs(e.currentTarget.value === "governing" ? "governing" : "beside")}
          data={choices.map((value) => ({ value, label: words.asMeans[value] }))}
        />
      ) : null}
      <div className={classes.line}>
        {shown ? null : <Button onClick={() => setShown(true)}>{words.showChange}</Button>}
        {v.standing === "beside" ? (
          <Button
            variant="default"
            disabled={withdraw.isPending}
            onClick={() => withdraw.mutate(undefined, { onSuccess: () => announce(words.withdrawn(v.name)) })}
          >
            {words.withdraw(v.name)}
          </Button>
        ) : null}
      </div>
      {withdraw.error ? <ProblemState error={withdraw.error} inline /> : null}
      {shown && impact.isPending ? <SkeletonRows label={words.comparing} /> : null}
      {impact.error ? <ProblemState error={impact.error} retry={() => void impact.refetch()} inline /> : null}
      {impact.data ? (
        <>
          <Impact impact={impact.data} />
          {impact.data.inForce ? null : (
            <Use version={v} replaces={replaces} signers={signers} as={as} impact={impact.data} />
          )}
        </>
      ) : null}
    </section>
  );
}

type UseProps = Props & { as: As; impact: PolicyImpact };

/** Use puts the version in force: with the acceptance that an unverified one needs, and in words that say what takes whose place. */
function Use({ version: v, replaces, signers, as, impact }: UseProps) {
  const words = usePolicyWords();
  const { use } = useAct(v.sha256);
  const [why, setWhy] = useState("");
  const [signer, setSigner] = useState("");
  if (impact.problem && impact.needs !== "signature") return null;
  const lacks = impact.needs === "acceptance" && signer === "" && why.trim() === "";
  const name = words.version(v.name, v.version);
  const old = replaces && replaces.sha256 !== v.sha256 ? words.version(replaces.name, replaces.version) : "";
  const act = () =>
    use.mutate(
      { as, expected: impact.governing, ...(why.trim() ? { accept: why } : {}), ...(signer ? { signer } : {}) },
      { onSuccess: () => announce(words.inForce(name)) },
    );
  return (
    <div className={classes.use}>
      {v.signature.state !== "verified" && signers.length > 0 ? (
        <NativeSelect
          label={words.signer}
          description={words.signerMeans}
          value={signer}
          onChange={(e) => setSigner(e.currentTarget.value)}
          data={[{ value: "", label: words.noSigner }, ...signers.map((s) => ({ value: s, label: s }))]}
        />
      ) : null}
      {impact.needs === "acceptance" && signer === "" ? (
        <Textarea
          label={words.accept}
          description={words.acceptMeans}
          value={why}
          rows={2}
          maxLength={1000}
          onChange={(e) => setWhy(e.currentTarget.value)}
        />
      ) : null}
      {impact.needs === "signature" && signer === "" ? <p>{words.needsSignature}</p> : null}
      <div className={classes.line}>
        <Button disabled={lacks || use.isPending || (impact.needs === "signature" && signer === "")} onClick={act}>
          {v.used || v.loadedBy === "" ? words.putAgain(name, old) : words.put(name, old)}
        </Button>
        {lacks ? <span className="quiet">{words.lacksWhy}</span> : null}
      </div>
      {use.error ? <ProblemState error={use.error} inline /> : null}
    </div>
  );
}
