import { Button } from "@mantine/core";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { useLocation } from "wouter";
import { Problem } from "../../api/problem";
import { place } from "../../components/place";
import { ProblemState } from "../../components/state";
import classes from "./asked.module.css";
import { useJoin } from "./queries";
import { useChatWords } from "./words";

type Props = {
  room: string;
  account?: string;
  text: string;
  /** What the button is called, where its text alone does not say which room. */
  label?: string;
  disabled?: boolean;
};

/** What a room wants to know before it lets somebody in, by the code of its answer. */
const needs: Record<string, "nick" | "password"> = {
  "user-chat-nick-taken": "nick",
  "user-chat-password": "password",
};

/** Joiner enters a room and opens it. What the room wants to know besides is asked where its button was. */
export function Joiner({ room, account, text, label, disabled = false }: Props) {
  const { rooms: words } = useChatWords();
  const [, go] = useLocation();
  const join = useJoin((id) => go(place("/chat", id)));
  const [said, setSaid] = useState({ nick: "", password: "" });
  const [isPutAway, putAway] = useState(false);
  const problem = join.error instanceof Problem ? join.error : undefined;
  const need = problem && !isPutAway ? needs[problem.code] : undefined;
  const start = () => {
    putAway(false);
    const given = { ...(said.nick ? { nick: said.nick } : {}), ...(said.password ? { password: said.password } : {}) };
    join.mutate({ room: room.trim(), ...(account ? { account } : {}), ...given });
  };
  if (need) {
    const change = (value: string) => setSaid((now) => ({ ...now, [need]: value }));
    return (
      <Need
        need={need}
        isWrong={need === "password" && Boolean(join.variables?.password)}
        value={said[need]}
        change={change}
        isBusy={join.isPending}
        go={start}
        cancel={() => putAway(true)}
      />
    );
  }
  return (
    <div className={classes.joiner}>
      <Button
        size="compact-sm"
        variant="default"
        disabled={disabled || join.isPending}
        onClick={start}
        {...(label ? { "aria-label": label } : {})}
      >
        {join.isPending ? words.joining : text}
      </Button>
      {join.isError && !isPutAway ? <ProblemState error={join.error} inline /> : null}
    </div>
  );
}

type NeedProps = {
  need: "nick" | "password";
  /** What was given was not taken. */
  isWrong: boolean;
  value: string;
  change: (value: string) => void;
  isBusy: boolean;
  go: () => void;
  cancel: () => void;
};

function Need({ need, isWrong, value, change, isBusy, go, cancel }: NeedProps) {
  const { rooms: words } = useChatWords();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (value.trim() !== "") go();
  };
  return (
    <form className={classes.need} onSubmit={submit}>
      <p role="alert">{isWrong ? words.needs.wrong : words.needs[need]}</p>
      <label htmlFor={id}>{words[need]}</label>
      <input
        id={id}
        ref={input}
        type={need === "password" ? "password" : "text"}
        autoComplete="off"
        maxLength={1023}
        value={value}
        onChange={(e) => change(e.currentTarget.value)}
      />
      <Button type="submit" size="compact-sm" disabled={isBusy || value.trim() === ""}>
        {isBusy ? words.joining : words.join}
      </Button>
      <Button size="compact-sm" variant="default" onClick={cancel}>
        {words.cancel}
      </Button>
    </form>
  );
}
