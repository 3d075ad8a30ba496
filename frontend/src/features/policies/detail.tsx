import type { ReactNode } from "react";
import type { PolicyVersion } from "../../api/types";
import { Failed } from "../../components/failed";
import { DetailHead } from "../../components/split";
import { Notice, SkeletonRows } from "../../components/state";
import { useLanguage } from "../../words/language";
import { longDate, longTime } from "../../words/time";
import { Change } from "./change";
import { Drawing } from "./drawing";
import { SignatureMark, StandingMark } from "./marks";
import classes from "./policies.module.css";
import { useDrawing } from "./queries";
import { usePolicyWords } from "./words";

type Props = {
  id: string;
  version: PolicyVersion | undefined;
  /** The version of the same policy that is in force. */
  replaces: PolicyVersion | undefined;
  editable: boolean;
  signers: readonly string[];
  close: () => void;
};

/** VersionDetail is one version: where it comes from, what would change by it, and what it says. */
export function VersionDetail({ id, version: v, replaces, editable, signers, close }: Props) {
  const words = usePolicyWords();
  return (
    <article className={classes.detail}>
      <DetailHead id={id} title={v ? words.version(v.name, v.version) : words.unknown} close={close} />
      {v ? (
        <>
          <section>
            {v.problem ? (
              <Notice>
                <strong>{words.damagedMeans}</strong>
                <p className="mono">{v.problem}</p>
              </Notice>
            ) : null}
            {v.validity === "valid" ? null : <Notice>{words.validityMeans[v.validity]}</Notice>}
            <Facts version={v} />
          </section>
          {editable && !v.problem ? <Change version={v} replaces={replaces} signers={signers} /> : null}
          {v.problem ? null : <Drawn id={id} />}
        </>
      ) : (
        <section>
          <p className="quiet">{words.unknownHint}</p>
        </section>
      )}
    </article>
  );
}

function Facts({ version: v }: { version: PolicyVersion }) {
  const words = usePolicyWords();
  const { language } = useLanguage();
  const by = (at: string | null, who: string) =>
    at ? `${longTime(at, language)}${who ? ` · ${who}` : ""}` : undefined;
  return (
    <dl className={classes.fields}>
      <Fact name={words.columns.standing}>
        <StandingMark version={v} />
      </Fact>
      <Fact name={words.columns.signature}>
        <SignatureMark version={v} />
        {v.signature.subject ? <p className={classes.small}>{v.signature.subject}</p> : null}
        {v.signature.until ? (
          <p className={classes.small}>{words.signerUntil(longDate(v.signature.until, language))}</p>
        ) : null}
        {v.signature.problem ? <p className={classes.small}>{v.signature.problem}</p> : null}
      </Fact>
      <Fact name={words.accepted}>{v.acceptance}</Fact>
      <Fact name={words.created}>{v.created ? longTime(v.created, language) : undefined}</Fact>
      <Fact name={words.begins}>{v.notBefore ? longTime(v.notBefore, language) : undefined}</Fact>
      <Fact name={words.columns.ends}>{v.notAfter ? longTime(v.notAfter, language) : words.never}</Fact>
      <Fact name={words.loadedAt}>
        {by(v.loaded, v.loadedBy) ?? (v.standing === "kept" ? undefined : words.byFile)}
      </Fact>
      <Fact name={words.columns.used}>{by(v.used, v.usedBy)}</Fact>
      <Fact name={words.id}>
        <span className="mono">{v.id}</span>
      </Fact>
      <Fact name="SHA-256">
        <span className="mono">{v.sha256}</span>
      </Fact>
    </dl>
  );
}

/** Fact is one line; what is not known has none. */
function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Drawn({ id }: { id: string }) {
  const words = usePolicyWords();
  const drawing = useDrawing(id);
  return (
    <section aria-label={words.says}>
      <h2>{words.says}</h2>
      <Failed
        error={drawing.error}
        hasOld={drawing.data !== undefined && !drawing.isPlaceholderData}
        retry={() => void drawing.refetch()}
      />
      {drawing.isPending ? <SkeletonRows label={words.drawing} /> : null}
      {drawing.data ? <Drawing drawing={drawing.data} /> : null}
    </section>
  );
}
