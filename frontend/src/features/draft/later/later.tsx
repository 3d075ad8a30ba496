import { Button, Popover } from "@mantine/core";
import { type Dispatch, type FormEvent, useId, useMemo, useState } from "react";
import { ChevronIcon } from "../../../components/icons";
import { isPast, momentOf, soon, typedOf } from "../../../components/moment";
import panel from "../../../components/panel.module.css";
import { useLanguage } from "../../../words/language";
import { dtg, longTime } from "../../../words/time";
import { useCheck } from "../check";
import type { Action, Content } from "../state";
import { Ends } from "./ends";
import classes from "./later.module.css";
import { useLaterWords } from "./words";

type Props = {
  content: Content;
  isLocked: boolean;
  opened: boolean;
  setOpened: (opened: boolean) => void;
  dispatch: Dispatch<Action>;
};

/** Later is the menu of the button that sends: at which time. */
export function Later({ content, isLocked, opened, setOpened, dispatch }: Props) {
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
        {opened ? <Choice content={content} dispatch={dispatch} close={() => setOpened(false)} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

type ChoiceProps = Pick<Props, "content" | "dispatch"> & { close: () => void };

function Choice({ content, dispatch, close }: ChoiceProps) {
  const words = useLaterWords();
  const { language } = useLanguage();
  const at = content.sendAt;
  const id = useId();
  const [now] = useState(Date.now);
  const [typed, setTyped] = useState(() => (at ? typedOf(at) : soon(now)));
  const moment = momentOf(typed);
  const wrong = !moment ? words.wrong : isPast(moment, now) ? words.past : "";
  const chosen = wrong ? undefined : moment;
  // The same question as the draft's own check will ask once the time is set: it is then answered already.
  const check = useCheck(useMemo(() => ({ ...content, sendAt: chosen }), [content, chosen]));
  const isSet = moment !== undefined && at !== undefined && sameMoment(at, moment);
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (!moment || wrong) return;
    if (isSet) close();
    else dispatch({ type: "send-at", at: moment });
  };
  return (
    <form className={classes.later} onSubmit={onSubmit}>
      <h2 className={panel.title}>{words.title}</h2>
      <div className={classes.fields}>
        <label className={panel.name} htmlFor={`${id}-day`}>
          {words.day}
        </label>
        <label className={panel.name} htmlFor={`${id}-time`}>
          {words.time}
        </label>
        <input
          className={panel.input}
          id={`${id}-day`}
          value={typed.day}
          placeholder={words.dayFormat}
          autoComplete="off"
          aria-invalid={wrong !== "" || undefined}
          aria-describedby={`${id}-said`}
          onChange={(e) => setTyped({ ...typed, day: e.currentTarget.value })}
        />
        <input
          className={panel.input}
          id={`${id}-time`}
          data-autofocus
          value={typed.time}
          autoComplete="off"
          aria-invalid={wrong !== "" || undefined}
          aria-describedby={`${id}-said`}
          onChange={(e) => setTyped({ ...typed, time: e.currentTarget.value })}
        />
      </div>
      <p id={`${id}-said`} className={wrong ? panel.wrong : undefined} role="status">
        {wrong || (moment ? `${longTime(moment, language)} · ${dtg(moment)}` : "")}
      </p>
      <p className="quiet">{words.means}</p>
      <div className={classes.found} role="status">
        {chosen ? <Ends check={check} /> : null}
      </div>
      <div className={panel.buttons}>
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
