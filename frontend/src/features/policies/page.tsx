import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useCallback, useMemo, useRef } from "react";
import { useLocation, useParams } from "wouter";
import type { PolicyVersion } from "../../api/types";
import { Failed } from "../../components/failed";
import layout from "../../components/page.module.css";
import { PageHead } from "../../components/page-head";
import { Split, useReturn } from "../../components/split";
import { SkeletonRows } from "../../components/state";
import { type Column, Table, type TableHandle } from "../../components/table";
import { useLanguage, useWords } from "../../words/language";
import { longDate, longTime } from "../../words/time";
import { VersionDetail } from "./detail";
import { Load } from "./load";
import { SignatureMark, StandingMark } from "./marks";
import { isInForce, useVersions } from "./queries";
import { usePolicyWords } from "./words";

const home = "/admin/policies";
const loading = "load";

/** PoliciesPage is the policies that were loaded, which of them is in force, and what each says. */
export function PoliciesPage() {
  const shared = useWords();
  const words = usePolicyWords();
  const { id } = useParams<{ id?: string }>();
  const [, go] = useLocation();
  const table = useRef<TableHandle>(null);
  const versions = useVersions();
  const columns = useColumns(id !== undefined);
  const all = versions.data?.versions ?? [];
  useReturn(id, table);
  useDocumentTitle(`${words.title} – ${shared.app}`);
  const open = useCallback((v: PolicyVersion) => go(`${home}/${v.sha256}`), [go]);
  const close = useCallback(() => go(home), [go]);
  const barred = versions.data?.managed ? words.managed(versions.data.managed) : words.readOnly;
  const list = (
    <>
      <PageHead
        title={words.title}
        beside={id !== undefined}
        summary={words.about}
        actions={
          versions.data?.editable ? <Button onClick={() => go(`${home}/${loading}`)}>{words.load}</Button> : undefined
        }
      >
        {versions.data && !versions.data.editable ? <p className="quiet">{barred}</p> : null}
      </PageHead>
      <Failed error={versions.error} hasOld={all.length > 0} retry={() => void versions.refetch()} />
      {versions.isPending ? <SkeletonRows label={words.loading} /> : null}
      {all.length > 0 ? (
        <Table
          ref={table}
          name="policies"
          label={words.title}
          rows={all}
          columns={columns}
          idOf={(v) => v.sha256}
          opened={id}
          open={open}
        />
      ) : null}
      {versions.data?.editable && all.length === 1 ? (
        <div className={layout.hint}>
          <h2>{words.onlyOne}</h2>
          <p className="quiet">{words.onlyOneHint}</p>
        </div>
      ) : null}
    </>
  );
  const opened = all.find((v) => v.sha256 === id);
  return <Split list={list} detail={detail()} beside="reading" />;

  function detail() {
    if (id === undefined || !versions.data) return null;
    if (id === loading) return <Load close={close} loaded={open} barred={versions.data.editable ? "" : barred} />;
    const replaces = all.find((v) => isInForce(v) && v.id === opened?.id);
    return (
      <VersionDetail
        key={id}
        id={id}
        version={opened}
        replaces={replaces}
        editable={versions.data.editable}
        signers={versions.data.signers}
        close={close}
      />
    );
  }
}

/** useColumns are those of the list; beside a version that is open there is room for what tells them apart. */
function useColumns(isBeside: boolean): Column<PolicyVersion>[] {
  const words = usePolicyWords();
  const { language } = useLanguage();
  return useMemo((): Column<PolicyVersion>[] => {
    const all: Column<PolicyVersion>[] = [
      {
        id: "policy",
        title: words.columns.policy,
        width: 160,
        least: 112,
        text: (v) => words.version(v.name, v.version),
        by: (v) => `${v.name} ${String(v.version).padStart(9, "0")}`,
      },
      {
        id: "standing",
        title: words.columns.standing,
        width: 120,
        least: 96,
        text: (v) => words.standings[v.standing],
        cell: (v) => <StandingMark version={v} />,
      },
      {
        id: "signature",
        title: words.columns.signature,
        width: 144,
        least: 112,
        text: (v) => words.signatures[v.signature.state],
        cell: (v) => <SignatureMark version={v} />,
      },
      {
        id: "ends",
        title: words.columns.ends,
        width: 112,
        least: 96,
        text: (v) => (v.notAfter ? longDate(v.notAfter, language) : words.never),
        by: (v) => v.notAfter ?? "9",
      },
      {
        id: "used",
        title: words.columns.used,
        width: 144,
        least: 112,
        text: (v) => (v.used ? longTime(v.used, language) : "–"),
        by: (v) => v.used ?? "",
      },
    ];
    return isBeside ? all.slice(0, 2) : all;
  }, [words, language, isBeside]);
}
