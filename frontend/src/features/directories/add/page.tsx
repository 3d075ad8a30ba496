import { useDocumentTitle } from "@mantine/hooks";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useInstallation, useRoles } from "../../../api/queries";
import { announce } from "../../../components/announce";
import { Arrived } from "../../../components/arrived";
import layout from "../../../components/page.module.css";
import { PageHead } from "../../../components/page-head";
import { place } from "../../../components/place";
import { EmptyState, ProblemState, SkeletonRows } from "../../../components/state";
import { useWords } from "../../../words/language";
import classes from "../directories.module.css";
import { useAdd } from "../queries";
import { Refused } from "../refused";
import { Sections } from "../sections";
import { Form } from "./form";
import { blank, inputOf } from "./form-state";
import { Proposed } from "./proposed";
import { useAddWords } from "./words";

/** AddDirectoryPage is for who may add a directory; whoever else comes to its address is told whose it is. */
export function AddDirectoryPage() {
  const shared = useWords();
  const words = useAddWords();
  const installation = useInstallation();
  const isAdministrator = useRoles().includes("administrator");
  useDocumentTitle(`${words.title} – ${shared.app}`);
  if (installation.isError && !installation.data)
    return <ProblemState error={installation.error} retry={() => void installation.refetch()} />;
  if (!installation.data) return <SkeletonRows label={words.loading} title={words.title} />;
  const { managed } = installation.data;
  if (isAdministrator && !managed) return <Add />;
  return (
    <>
      <Sections />
      <EmptyState
        title={managed ? words.managed : words.notYours}
        action={<Link href="/admin/directories">{words.back}</Link>}
      >
        {managed ? words.managedMeans : words.notYoursMeans}
      </EmptyState>
    </>
  );
}

/** Add asks a server how it should be set up, shows on what the proposal rests, and adds it as proposed. */
function Add() {
  const words = useAddWords();
  const [, go] = useLocation();
  const [form, setForm] = useState(blank);
  const { propose, add } = useAdd();
  const change = (next: typeof form) => {
    setForm(next);
    propose.reset(); // what was proposed was for another form
    add.reset();
  };
  const again = (next: typeof form) => {
    change(next);
    propose.mutate(inputOf(next));
  };
  const p = propose.data;
  const save = () => {
    if (!p) return;
    const input = {
      ...inputOf(form),
      ...(p.baseDn ? { baseDn: p.baseDn } : {}),
      schema: p.schema as NonNullable<ReturnType<typeof inputOf>["schema"]>,
      ...(p.schema === "custom" ? { mapping: p.mapping } : {}),
      ...(p.pageSize > 0 && form.pageSize.trim() === "" ? { pageSize: p.pageSize } : {}),
    };
    add.mutate(input, {
      onSuccess: (added) => {
        announce([words.added(added.directory, added.path), ...added.warnings].join(" "));
        go(place("/admin/directories", added.directory));
      },
    });
  };
  return (
    <div className={layout.page}>
      <Sections />
      <PageHead
        title={words.title}
        summary={words.hint}
        actions={<Link href="/admin/directories">{words.back}</Link>}
      />
      <div className={classes.own}>
        <Form form={form} change={change} ask={() => propose.mutate(inputOf(form))} isAsking={propose.isPending} />
        <Refused error={propose.error} />
        {p ? (
          <Arrived label={words.answer} of={p}>
            <Proposed
              proposal={p}
              save={save}
              isSaving={add.isPending}
              name={form.name}
              trust={(caPem, caName) => again({ ...form, caPem, caName })}
              pins={form.pins}
              pin={(key) => again({ ...form, pins: `${form.pins} ${key}`.trim() })}
            />
          </Arrived>
        ) : null}
        <Refused error={add.error} />
      </div>
    </div>
  );
}
