import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useState } from "react";
import { useInstallation, useRoles } from "../../../api/queries";
import type { Domain, NationSetUp } from "../../../api/types";
import { Arrived } from "../../../components/arrived";
import { useClearanceText } from "../../../components/clearance/editor";
import { Failed } from "../../../components/failed";
import { Nation } from "../../../components/nation";
import layout from "../../../components/page.module.css";
import { PageHead } from "../../../components/page-head";
import { EmptyState, Notice, ProblemState, SkeletonRows } from "../../../components/state";
import { useWords } from "../../../words/language";
import classes from "../directories.module.css";
import { useNations } from "../queries";
import { Sections } from "../sections";
import { useMayChange } from "../settings";
import { useDirectoryWords } from "../words";
import { RouteForm } from "./route";
import { useNationWords } from "./words";

/** NationsPage is what is set up for each nation: its domains, who decides there, and the links that lead there. */
export function NationsPage() {
  const shared = useWords();
  const words = useNationWords();
  const { managed } = useDirectoryWords();
  const installation = useInstallation();
  const roles = useRoles();
  useDocumentTitle(`${words.title} – ${shared.app}`);
  if (installation.isError && !installation.data)
    return <ProblemState error={installation.error} retry={() => void installation.refetch()} />;
  if (!installation.data) return <SkeletonRows label={words.loading} />;
  if (!roles.some((r) => r === "administrator" || r === "auditor"))
    return <EmptyState title={words.notYours}>{words.notYoursMeans}</EmptyState>;
  return (
    <div className={layout.page}>
      <Sections />
      <PageHead title={words.title} summary={installation.data.managed ? managed : words.hint} />
      <div className={classes.own}>
        <All />
      </div>
    </div>
  );
}

function All() {
  const words = useNationWords();
  const nations = useNations();
  return (
    <>
      <Failed error={nations.error} hasOld={nations.data !== undefined} retry={() => void nations.refetch()} />
      {nations.isPending ? <SkeletonRows label={words.loading} /> : null}
      {nations.data?.map((n) => (
        <OneNation key={n.nation} nation={n} />
      ))}
    </>
  );
}

/** Edited is the domain whose route is being edited; new: one that is not there yet. */
type Edited = Domain | "new" | undefined;

function OneNation({ nation: n }: { nation: NationSetUp }) {
  const words = useNationWords();
  const mayChange = useMayChange();
  const [edited, setEdited] = useState<Edited>();
  const close = () => setEdited(undefined);
  return (
    <section aria-labelledby={`nation-${n.nation}`}>
      <h2 id={`nation-${n.nation}`}>
        <Nation code={n.nation} /> {n.nation} {n.own ? <span className="quiet">({words.own})</span> : null}
      </h2>
      {n.warnings.length > 0 ? (
        <Notice>
          <ul className={classes.said}>
            {n.warnings.map((w) => (
              <li key={w}>{w}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {n.domains.length > 0 ? (
        <Domains nation={n} edit={mayChange ? setEdited : undefined} />
      ) : (
        <p className="quiet">{words.none}</p>
      )}
      {edited !== undefined ? (
        <Arrived
          label={edited === "new" ? words.newForm(n.nation) : words.form(edited.domain)}
          of={edited === "new" ? "" : edited.channel + edited.domain}
        >
          <RouteForm
            key={edited === "new" ? "" : edited.channel + edited.domain}
            nation={n}
            domain={edited === "new" ? undefined : edited}
            close={close}
          />
        </Arrived>
      ) : mayChange ? (
        <Button size="xs" variant="default" onClick={() => setEdited("new")}>
          {words.add(n.nation)}
        </Button>
      ) : null}
    </section>
  );
}

function Domains({ nation: n, edit }: { nation: NationSetUp; edit: ((d: Domain) => void) | undefined }) {
  const words = useNationWords();
  return (
    <table className={classes.domains}>
      <thead>
        <tr>
          <th scope="col">{words.columns.domain}</th>
          <th scope="col">{words.columns.channel}</th>
          <th scope="col">{words.columns.directory}</th>
          <th scope="col">{words.columns.route}</th>
          {edit ? <td /> : null}
        </tr>
      </thead>
      <tbody>
        {n.domains.map((d) => (
          <tr key={d.channel + d.domain}>
            <th scope="row" className="mono">
              {d.domain}
            </th>
            <td>{words.channels[d.channel]}</td>
            <td>{d.directory || words.nobody}</td>
            <td>
              <Way domain={d} />
            </td>
            {edit ? (
              <td>
                <Button
                  size="xs"
                  variant="default"
                  aria-label={(d.route ? words.edit : words.make)(d.domain, words.channels[d.channel])}
                  onClick={() => edit(d)}
                >
                  {d.route ? words.editShort : words.makeShort}
                </Button>
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Way({ domain: d }: { domain: Domain }) {
  const words = useNationWords();
  const text = useClearanceText();
  if (!d.route) return words.noRoute;
  if (d.route.own) return words.ownRoute;
  return (
    <ol className={classes.said}>
      {d.route.links?.map((l) => (
        <li key={l.name}>
          {l.name}
          <p className={classes.small}>{text(l.clearance)}</p>
        </li>
      ))}
    </ol>
  );
}
