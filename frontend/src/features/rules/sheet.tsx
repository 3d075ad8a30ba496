import { Button, Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import type { RuleChange, Rules } from "../../api/types";
import { announce } from "../../components/announce";
import { ProblemState } from "../../components/state";
import { Effect } from "./effect";
import { useChange, useEffectOf } from "./queries";
import { RuleForm } from "./rule-form";
import classes from "./rules.module.css";
import { ThresholdForm } from "./threshold-form";
import type { Ask } from "./what";
import { useRuleWords } from "./words";

/** Act is one change without its revision. */
export type Act = Omit<RuleChange, "revision">;

/** Sheet is where one change is made: what it is, what it would have done in the last 30 days, and the button that makes it. */
export function Sheet({ rules, what, close }: { rules: Rules; what: Ask | undefined; close: () => void }) {
  const words = useRuleWords();
  return (
    <Modal.Root opened={what !== undefined} onClose={close} size={880} lockScroll={false} returnFocus={false}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <div className={classes.title}>
            <Modal.Title>{what ? titleOf(what, rules, words.form) : ""}</Modal.Title>
            <Modal.CloseButton aria-label={words.close} />
          </div>
          {what ? <Content rules={rules} what={what} close={close} /> : null}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function titleOf(what: Ask, rules: Rules, words: ReturnType<typeof useRuleWords>["form"]): string {
  switch (what.kind) {
    case "rule":
      return what.at === undefined ? words.rule.add : words.rule.change(rules.rules[what.at]?.name ?? "");
    case "threshold":
      return what.at === undefined
        ? words.threshold.add
        : words.threshold.change(rules.thresholds[what.at]?.name ?? "");
    case "rename":
      return words.set.rename(what.set);
    case "act":
      return what.title;
  }
}

function Content({ rules, what, close }: { rules: Rules; what: Ask; close: () => void }) {
  const { form: words } = useRuleWords();
  switch (what.kind) {
    case "rule":
      return <RuleForm rules={rules} at={what.at} close={close} />;
    case "threshold":
      return <ThresholdForm rules={rules} at={what.at} close={close} />;
    case "rename":
      return <Rename rules={rules} set={what.set} close={close} />;
    case "act":
      return (
        <Making rules={rules} act={what.change} lack="" button={what.button || words.remove} close={close}>
          {null}
        </Making>
      );
  }
}

function Rename({ rules, set, close }: { rules: Rules; set: string; close: () => void }) {
  const { form: words, sets } = useRuleWords();
  const [to, setTo] = useState(set);
  return (
    <Making
      rules={rules}
      act={{ do: "rename-set", set, to }}
      lack={to.trim() && to !== set ? "" : words.noName}
      button={words.rename}
      close={close}
    >
      <TextInput
        label={sets.newName}
        value={to}
        maxLength={200}
        data-autofocus
        onChange={(e) => setTo(e.currentTarget.value)}
      />
    </Making>
  );
}

type Props = {
  rules: Rules;
  act: Act;
  /** What it lacks, in words; "": nothing. */
  lack: string;
  button: string;
  close: () => void;
  children: ReactNode;
};

/** Making shows a change with its effect, and makes it. */
export function Making({ rules, act, lack, button, close, children }: Props) {
  const words = useRuleWords();
  // Of the rules as they were when the sheet was opened: whoever changed them meanwhile is not overwritten.
  const [revision] = useState(rules.revision);
  const change: RuleChange = { ...act, revision };
  const [settled] = useDebouncedValue(change, 300);
  const effect = useEffectOf(lack ? undefined : settled);
  const make = useChange();
  const onSuccess = () => {
    announce(words.form.done);
    close();
  };
  return (
    <form
      className={classes.form}
      onSubmit={(e) => {
        e.preventDefault();
        if (!lack) make.mutate(change, { onSuccess });
      }}
    >
      {children}
      {lack ? null : <Effect asked={effect} />}
      {make.error ? <ProblemState error={make.error} inline /> : null}
      <div className={`${classes.buttons} ${classes.foot}`}>
        <Button type="submit" disabled={lack !== "" || make.isPending}>
          {make.isPending ? words.form.saving : button}
        </Button>
        {lack ? <span className="quiet">{lack}</span> : null}
      </div>
    </form>
  );
}
