import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { useInstallation, useRoles } from "../../api/queries";
import { Failed } from "../../components/failed";
import { PageHead } from "../../components/page-head";
import { nameIn, place } from "../../components/place";
import { DetailHead, Split } from "../../components/split";
import { EmptyState, ProblemState, SkeletonRows } from "../../components/state";
import { useWords } from "../../words/language";
import { AccountForm, type Kind } from "./account-form";
import classes from "./accounts.module.css";
import { IdentityForm } from "./identity-form";
import { LabelForm } from "./label-form";
import { useAccounts, useDefaultLabels, useIdentities } from "./queries";
import { useAccountWords } from "./words";

const base = "/admin/accounts";
const kinds = ["smtp", "imap", "xmpp"] as const;

/** AccountsPage is where mail is handed in and read, who chats, who may send as whom, and what unlabelled messages are taken for. */
export function AccountsPage() {
  const shared = useWords();
  const words = useAccountWords();
  const installation = useInstallation();
  const isAdministrator = useRoles().includes("administrator");
  useDocumentTitle(`${words.title} – ${shared.app}`);
  if (installation.isError && !installation.data)
    return <ProblemState error={installation.error} retry={() => void installation.refetch()} />;
  if (installation.isPending) return <SkeletonRows label={words.loading} title={words.title} />;
  if (!isAdministrator) return <EmptyState title={words.notForYou}>{words.notForYouMeans}</EmptyState>;
  return <Accounts />;
}

function Accounts() {
  const opened = nameIn(useParams<{ id?: string }>().id);
  const detail = useDetail(opened);
  return <Split list={<Lists opened={opened} />} detail={detail} beside />;
}

/** useDetail is what an address opens: "a." an account, "i." an identity, "d." a default label; "new." and a kind a new one. */
function useDetail(opened: string | undefined): ReactNode | null {
  const words = useAccountWords();
  const [, go] = useLocation();
  const installation = useInstallation().data;
  const accounts = useAccounts(true);
  const identities = useIdentities(true);
  const labels = useDefaultLabels(true);
  const dot = opened?.indexOf(".") ?? -1;
  const [what, name] = [opened?.slice(0, dot), opened?.slice(dot + 1)];
  const account = useKept(
    opened,
    what === "a" ? accounts.data?.accounts.find((a) => a.settings.name === name) : undefined,
  );
  const identity = useKept(opened, what === "i" ? identities.data?.find((i) => i.id === name) : undefined);
  if (opened === undefined || !accounts.data || !identities.data || !labels.data) return null;
  const { managed, cas } = accounts.data;
  const doneAs = (prefix: string) => (saved?: string) =>
    go(saved === undefined || typeof saved !== "string" ? base : place(base, `${prefix}.${saved}`));
  const kind = kinds.find((k) => k === name);
  const label = labels.data.find((d) => (d.settings.domain || d.settings.room || "").toLowerCase() === name);
  if (what === "new" && managed) {
    return (
      <article className={classes.detail}>
        <DetailHead id={opened} title={words.nothingNew} close={() => go(base)} />
        <section>
          <p className="quiet">
            {words.managed} <span className="mono">{accounts.data.path}</span>
          </p>
        </section>
      </article>
    );
  }
  if (what === "new" && kind) {
    return <AccountForm key={opened} account={undefined} kind={kind} cas={cas} managed={managed} done={doneAs("a")} />;
  }
  if (what === "a" && account) {
    return (
      <AccountForm
        key={opened}
        account={account}
        kind={account.settings.kind}
        cas={cas}
        managed={managed}
        done={doneAs("a")}
      />
    );
  }
  if ((what === "i" && identity) || opened === "new.identity") {
    return (
      <IdentityForm
        key={opened}
        identity={identity}
        accounts={accounts.data.accounts}
        nation={installation?.nation ?? ""}
        managed={managed}
        done={doneAs("i")}
      />
    );
  }
  if ((what === "d" && label) || opened === "new.label") {
    return <LabelForm key={opened} stored={label} managed={managed} done={doneAs("d")} />;
  }
  return (
    <article className={classes.detail}>
      <DetailHead id={opened} title={words.unknown} close={() => go(base)} />
      <section>
        <p className="quiet">{words.unknownHint}</p>
      </section>
    </article>
  );
}

/**
 * useKept is what was found at an address, and what it was while it is found there no more: who types in its form when somebody else
 * changes or removes it is told so when he saves, and what he has typed stays.
 */
function useKept<T>(at: string | undefined, found: T | undefined): T | undefined {
  const [kept, keep] = useState({ at, found });
  if (kept.at !== at || (found !== undefined && kept.found !== found)) keep({ at, found });
  return found ?? (kept.at === at ? kept.found : undefined);
}

function Lists({ opened }: { opened: string | undefined }) {
  const words = useAccountWords();
  const accounts = useAccounts(true);
  const data = accounts.data;
  return (
    <div className={classes.page}>
      <PageHead
        title={words.title}
        beside={opened !== undefined}
        summary={words.hint}
        actions={data && !data.managed ? <AddAccount /> : undefined}
      >
        {data?.managed ? (
          <p className="quiet">
            {words.managed} <span className="mono">{data.path}</span>
          </p>
        ) : null}
      </PageHead>
      <Failed error={accounts.error} hasOld={data !== undefined} retry={() => void accounts.refetch()} />
      {accounts.isPending ? <SkeletonRows label={words.loading} /> : null}
      {data ? (
        <>
          <section aria-labelledby="accounts">
            {data.accounts.length === 0 ? (
              <EmptyState title={words.none}>{words.noneHint}</EmptyState>
            ) : (
              <AccountList opened={opened} />
            )}
          </section>
          <Identities opened={opened} managed={data.managed} />
          <Labels opened={opened} managed={data.managed} />
        </>
      ) : null}
    </div>
  );
}

function AddAccount() {
  const words = useAccountWords();
  const [, go] = useLocation();
  return (
    <>
      {kinds.map((k: Kind) => (
        <Button key={k} variant={k === "smtp" ? "filled" : "default"} onClick={() => go(place(base, `new.${k}`))}>
          {words.add[k]}
        </Button>
      ))}
    </>
  );
}

type RowProps = { id: string; opened: string | undefined; title: ReactNode; children: ReactNode };

function Row({ id, opened, title, children }: RowProps) {
  return (
    <li>
      <Link href={place(base, id)} aria-current={opened === id ? "page" : undefined}>
        <strong>{title}</strong>
        <span>{children}</span>
      </Link>
    </li>
  );
}

function AccountList({ opened }: { opened: string | undefined }) {
  const words = useAccountWords();
  const accounts = useAccounts(true).data?.accounts ?? [];
  return (
    <ul id="accounts" className={classes.items} aria-label={words.title}>
      {accounts.map((a) => (
        <Row key={a.settings.name} id={`a.${a.settings.name}`} opened={opened} title={a.settings.name}>
          {words.kinds[a.settings.kind]} · <span className="mono">{a.settings.jid || a.settings.address}</span>
          <span className={classes.small}>
            <br />
            {a.uses.length > 0 ? words.usedBy(a.uses.map((u) => u.address).join(", ")) : words.unused}
            {a.waiting > 0 ? ` · ${words.waiting(a.waiting)}` : ""}
          </span>
          {a.password === "missing" ? (
            <span className={classes.lacks}>
              <br />
              {words.missing}
            </span>
          ) : null}
        </Row>
      ))}
    </ul>
  );
}

type SectionProps = { opened: string | undefined; managed: boolean };

function Identities({ opened, managed }: SectionProps) {
  const words = useAccountWords();
  const [, go] = useLocation();
  const identities = useIdentities(true);
  const all = identities.data ?? [];
  const named = all.some((i) => (i.settings.roles ?? []).length > 0);
  return (
    <section aria-labelledby="identities">
      <h2 id="identities">{words.identities}</h2>
      <p className="quiet">{words.identitiesHint}</p>
      <Failed error={identities.error} hasOld={all.length > 0} retry={() => void identities.refetch()} />
      {identities.data?.length === 0 ? <p>{words.noIdentities}</p> : null}
      {all.length > 0 ? (
        <ul className={classes.items} aria-labelledby="identities">
          {all.map((i) => (
            <Row
              key={i.id}
              id={`i.${i.id}`}
              opened={opened}
              title={`${i.settings.user}${i.mine ? ` (${words.you})` : ""}`}
            >
              {i.name ?? i.settings.dn} · <span className="mono">{i.settings.mail || i.settings.jid}</span>
              {i.settings.roles?.length ? (
                <span className={classes.small}>
                  <br />
                  {i.settings.roles.map((r) => words.roles[r as keyof typeof words.roles] ?? r).join(", ")}
                </span>
              ) : null}
            </Row>
          ))}
        </ul>
      ) : null}
      {all.length > 0 && !named ? <p className={classes.small}>{words.allRoles}</p> : null}
      {managed ? null : (
        <Button size="xs" variant="default" onClick={() => go(place(base, "new.identity"))}>
          {words.addIdentity}
        </Button>
      )}
    </section>
  );
}

function Labels({ opened, managed }: SectionProps) {
  const words = useAccountWords();
  const [, go] = useLocation();
  const labels = useDefaultLabels(true);
  const all = labels.data ?? [];
  return (
    <section aria-labelledby="default-labels">
      <h2 id="default-labels">{words.defaults}</h2>
      <p className="quiet">{words.defaultsHint}</p>
      <Failed error={labels.error} hasOld={all.length > 0} retry={() => void labels.refetch()} />
      {labels.data?.length === 0 ? <p>{words.noDefaults}</p> : null}
      {all.length > 0 ? (
        <ul className={`${classes.items} ${classes.addresses}`} aria-labelledby="default-labels">
          {all.map((d) => {
            const of = (d.settings.domain || d.settings.room || "").toLowerCase();
            return (
              <Row key={of} id={`d.${of}`} opened={opened} title={of}>
                {d.marking}
              </Row>
            );
          })}
        </ul>
      ) : null}
      {managed ? null : (
        <Button size="xs" variant="default" onClick={() => go(place(base, "new.label"))}>
          {words.addDefault}
        </Button>
      )}
    </section>
  );
}
