import { Button, Popover } from "@mantine/core";
import { type Dispatch, type FormEvent, useId, useState } from "react";
import { ChevronIcon } from "../../../components/icons";
import { useLanguage } from "../../../words/language";
import { dtg, longTime } from "../../../words/time";
import type { Check } from "../check";
import type { Action } from "../state";
import classes from "./later.module.css";
import { isPast, momentOf, soon, typedOf } from "./moment";
import { useLaterWords } from "./words";

type Props = {
  at: string | undefined;
  check: Check;
  isLocked: boolean;
  opened: boolean;
  setOpened: (opened: boolean) => void;
  dispatch: Dispatch<Action>;
};

/** Later is the menu of the button that sends: at which time. */
export function Later({ at, check, isLocked, opened, setOpened, dispatch }: Props) {
  const words = useLaterWords();
  return (
    <Popover opened={opened} onChange={setOpened} withinPortal={false} trapFocus position="top-start">
      <Popover.Target>
        <Button
          className={classes.more}
          disabled={isLocked}
          aria-label={words.open}
          title={words.open}
          onClick={() => setOpened(!opened)}
        >
          <ChevronIcon up size={14} />
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.title}>
        {opened ? <Choice at={at} check={check} dispatch={dispatch} close={() => setOpened(false)} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

type ChoiceProps = Pick<Props, "at" | "check" | "dispatch"> & { close: () => void };

function Choice({ at, check, dispatch, close }: ChoiceProps) {
  const words = useLaterWords();
  const { language } = useLanguage();
  const id = useId();
  const [now] = useState(Date.now);
  const [typed, setTyped] = useState(() => (at ? typedOf(at) : soon(now)));
  const moment = momentOf(typed);
  const wrong = !moment ? words.wrong : isPast(moment, now) ? words.past : "";
  const isSet = moment !== undefined && at !== undefined && sameMoment(at, moment);
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (!moment || wrong) return;
    if (isSet) close();
    else dispatch({ type: "send-at", at: moment });
  };
  return (
    <form className={classes.later} onSubmit={onSubmit}>
      <h2>{words.title}</h2>
      <div className={classes.fields}>
        <label htmlFor={`${id}-day`}>{words.day}</label>
        <label htmlFor={`${id}-time`}>{words.time}</label>
        <input
          id={`${id}-day`}
          value={typed.day}
          placeholder={words.dayFormat}
          autoComplete="off"
          aria-invalid={wrong !== "" || undefined}
          aria-describedby={`${id}-said`}
          onChange={(e) => setTyped({ ...typed, day: e.currentTarget.value })}
        />
        <input
          id={`${id}-time`}
          data-autofocus
          value={typed.time}
          autoComplete="off"
          aria-invalid={wrong !== "" || undefined}
          aria-describedby={`${id}-said`}
          onChange={(e) => setTyped({ ...typed, time: e.currentTarget.value })}
        />
      </div>
      <p id={`${id}-said`} className={wrong ? classes.wrong : undefined} role="status">
        {wrong || (moment ? `${longTime(moment, language)} · ${dtg(moment)}` : "")}
      </p>
      <p className="quiet">{words.means}</p>
      {isSet ? <Warnings check={check} /> : null}
      <div className={classes.buttons}>
        <Button size="compact-sm" type="submit" disabled={wrong !== ""}>
          {isSet ? words.done : words.set(moment && !wrong ? longTime(moment, language) : "…")}
        </Button>
        {at ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              dispatch({ type: "send-at", at: undefined });
              close();
            }}
          >
            {words.atOnce}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

const sameMoment = (a: string, b: string) => new Date(a).getTime() === new Date(b).getTime();

const aboutTime = new Set(["expires-before-sending", "review-before-sending", "policy-ends", "certificate-ended"]);

/** Warnings say what ends before the message would leave: clearances, the label's review, the policy (RULES 24). */
function Warnings({ check }: { check: Check }) {
  const words = useLaterWords();
  if (check.is === "checking") return <p className="quiet">{words.checking}</p>;
  const found = "report" in check ? (check.report?.warnings ?? []).filter((w) => aboutTime.has(w.kind)) : [];
  if (found.length === 0) return null;
  return (
    <section className={classes.warnings} aria-label={words.warnings}>
      <strong>{words.warnings}</strong>
      <ul>
        {found.map((w) => (
          <li key={`${w.kind} ${w.text}`}>{w.text}</li>
        ))}
      </ul>
    </section>
  );
}
