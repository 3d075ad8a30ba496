import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useRef, useState } from "react";
import { useInstallation, useRoles } from "../../api/queries";
import type { Rules } from "../../api/types";
import { PageHead } from "../../components/page-head";
import { ProblemState, SkeletonRows } from "../../components/state";
import { useWords } from "../../words/language";
import { Bundle } from "./bundle";
import { Matrix } from "./matrix";
import { Protected } from "./protected";
import { useRules } from "./queries";
import { RuleList } from "./rule-list";
import classes from "./rules.module.css";
import { Sets } from "./sets";
import { Sheet } from "./sheet";
import { ThresholdList } from "./threshold-list";
import type { Ask } from "./what";
import { useRuleWords } from "./words";

/** RulesPage is what the administrator decided about who is not cleared: at a glance, rule by rule, and to be changed. */
export function RulesPage() {
  const shared = useWords();
  const words = useRuleWords();
  const rules = useRules();
  useDocumentTitle(`${words.title} – ${shared.app}`);
  if (rules.isError && !rules.data) return <ProblemState error={rules.error} retry={() => void rules.refetch()} />;
  if (!rules.data) return <SkeletonRows title={words.title} label={words.loading} />;
  return <Shown rules={rules.data} />;
}

function Shown({ rules }: { rules: Rules }) {
  const words = useRuleWords();
  const roles = useRoles();
  const installation = useInstallation();
  const [asked, setAsked] = useState<Ask>();
  const from = useRef<HTMLElement | null>(null);
  const ask = rules.switchable
    ? (what: Ask) => {
        from.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
        setAsked(what);
      }
    : undefined;
  const parts = { rules, ask };
  return (
    <div className={classes.page}>
      <PageHead
        title={words.title}
        summary={words.means}
        actions={
          ask ? (
            <>
              <Button variant="default" onClick={() => ask({ kind: "threshold" })}>
                {words.addThreshold}
              </Button>
              <Button onClick={() => ask({ kind: "rule" })}>{words.addRule}</Button>
            </>
          ) : undefined
        }
      >
        {ask ? null : <p className="quiet">{installation.data?.managed ? words.managed : words.readOnly}</p>}
      </PageHead>
      <Matrix rules={rules} />
      <RuleList {...parts} mayRead={roles.some((r) => r === "administrator" || r === "auditor")} />
      <ThresholdList {...parts} />
      <Sets {...parts} />
      <Protected {...parts} />
      {ask ? <Bundle /> : null}
      <Sheet
        rules={rules}
        what={asked}
        close={() => {
          setAsked(undefined);
          from.current?.focus();
        }}
      />
    </div>
  );
}
