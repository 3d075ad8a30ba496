import { Button } from "@mantine/core";
import { CloseIcon, RefusedIcon, UnknownIcon, WarningIcon } from "../../components/icons";
import { useReason } from "../../words/reasons";
import { clock } from "../../words/time";
import classes from "./alarms.module.css";
import shared from "./chat.module.css";
import { type Alarm, type Gone, goneKey, keyOf } from "./entered";
import { calledIn } from "./sender";
import { useChatWords } from "./words";

const shown = 3; // that are told of by name; the others are counted

type Props = {
  alarms: readonly Alarm[];
  gone: readonly Gone[];
  marking: string;
  putAway: (key: string) => void;
};

/** Alarms says at once, in words, that somebody is in the room now, or was, who may not have what is said there. */
export function Alarms({ alarms, gone, marking, putAway }: Props) {
  const { entered: words } = useChatWords();
  return (
    <div role="alert" aria-label={words.label} className={classes.alarms}>
      {alarms.slice(0, shown).map((a) => (
        <Entered key={keyOf(a.who)} alarm={a} marking={marking} putAway={putAway} />
      ))}
      {gone.slice(0, shown).map((g) => (
        <Left key={goneKey(g)} gone={g} putAway={putAway} />
      ))}
      {alarms.length > shown || gone.length > shown ? (
        <div className={classes.alarm}>
          <p>{alarms.length > shown ? words.more(alarms.length - shown) : words.moreGone(gone.length - shown)}</p>
          <Button size="compact-sm" variant="default" onClick={() => putAway("")}>
            {words.dismissAll}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Entered({ alarm: a, marking, putAway }: { alarm: Alarm } & Pick<Props, "marking" | "putAway">) {
  const { entered: words } = useChatWords();
  const reason = useReason();
  const who = calledIn(a.who);
  const said = { entered: words.cannot, here: words.here, turned: words.turned }[a.kind];
  const Icon = a.who.outcome === "not-cleared" ? RefusedIcon : UnknownIcon;
  return (
    <div className={classes.alarm} data-outcome={a.who.outcome}>
      <Icon />
      <div>
        <p>
          <strong>{said[a.who.outcome](who, marking)}</strong> {words.reaches}
        </p>
        {a.who.reasons.map((r) => (
          <p key={`${r.rule} ${r.text}`}>{reason(r)}</p>
        ))}
      </div>
      <button
        type="button"
        className={shared.more}
        aria-label={words.dismiss(who)}
        title={words.dismiss(who)}
        onClick={() => putAway(keyOf(a.who))}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

/** Left says that somebody was here: he has what was said meanwhile. */
function Left({ gone: g, putAway }: { gone: Gone } & Pick<Props, "putAway">) {
  const { entered: words } = useChatWords();
  const who = calledIn(g.who);
  return (
    <div className={classes.alarm} data-outcome="gone">
      <WarningIcon />
      <p>{words.left(who, `${clock(g.since)}–${clock(g.until)}`, g.marking)}</p>
      <button
        type="button"
        className={shared.more}
        aria-label={words.dismiss(who)}
        title={words.dismiss(who)}
        onClick={() => putAway(goneKey(g))}
      >
        <CloseIcon />
      </button>
    </div>
  );
}
