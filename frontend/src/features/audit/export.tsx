import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { useShell } from "../../api/queries";
import { announce } from "../../components/announce";
import { SaveIcon } from "../../components/icons";
import layout from "../../components/page.module.css";
import { PageHead } from "../../components/page-head";
import { ProblemState } from "../../components/state";
import classes from "./audit.module.css";
import { exportOf, useNewest } from "./queries";
import { Sections } from "./sections";
import { useAuditWords } from "./words";

/** ExportPage saves the log as a file, the whole of it or what came after a line. */
export function ExportPage() {
  const { export: words } = useAuditWords();
  const newest = useNewest();
  const [since, setSince] = useState(false);
  const [typed, setTyped] = useState<string | number>("");
  const after = since ? Number(typed) || 0 : 0;
  const isMissing = since && (after < 1 || after > (newest.data ?? 0));
  return (
    <div className={layout.page}>
      <Sections />
      <PageHead
        title={words.title}
        summary={`${words.hint} ${newest.data === undefined ? "" : words.count(newest.data)}`}
      />
      <section className={classes.form}>
        <NativeSelect
          label={words.what}
          value={since ? "since" : "whole"}
          onChange={(e) => setSince(e.currentTarget.value === "since")}
          data={[
            { value: "whole", label: words.whole },
            { value: "since", label: words.since },
          ]}
        />
        {since ? (
          <NumberInput
            label={words.after}
            description={words.sinceHint}
            value={typed}
            onChange={setTyped}
            min={1}
            max={newest.data ?? 1}
            allowDecimal={false}
          />
        ) : null}
        <Save after={after} disabled={isMissing} />
        <p className="quiet">{words.large}</p>
        <p className="quiet">{words.verify}</p>
        <code className="mono">caveat audit verify caveat-audit.jsonl</code>
      </section>
    </div>
  );
}

/** Save has the browser load the file, which shows how far it is; a window asks where to put it. */
function Save({ after, disabled }: { after: number; disabled: boolean }) {
  const { export: words } = useAuditWords();
  const shell = useShell();
  const save = useMutation({
    mutationFn: () => ask(api.POST("/api/shell/save", { body: { what: "audit", ...(after > 0 ? { after } : {}) } })),
    onSuccess: ({ path }) => (path ? announce(words.savedTo(path)) : undefined),
  });
  if (shell.data?.window || disabled)
    return (
      <>
        <Button
          leftSection={<SaveIcon />}
          disabled={disabled || save.isPending}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {words.save}
        </Button>
        {save.error ? <ProblemState error={save.error} inline /> : null}
      </>
    );
  return (
    <Button component="a" leftSection={<SaveIcon />} href={exportOf(after)} download>
      {words.save}
    </Button>
  );
}
