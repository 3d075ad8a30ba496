import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useLocation } from "wouter";
import { named } from "../../components/hit";
import { place } from "../../components/place";
import { ProblemState } from "../../components/state";
import { looksLikeAddress } from "../draft/addresses";
import { useCompletion } from "../draft/recipients/completion";
import { type Option, Suggestions } from "../draft/recipients/list";
import { Asked } from "./asked";
import classes from "./asked.module.css";
import { useTalk } from "./queries";
import { useChatWords } from "./words";

/** Person finds somebody to talk to, as a recipient is found: one search over all nations. Nothing is sent. */
export function Person() {
  const { person: words } = useChatWords();
  const [, go] = useLocation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const [without, setWithout] = useState(""); // who has no chat address
  const completion = useCompletion(text, null);
  const talk = useTalk((opened) => go(place("/chat", opened)));
  const options = optionsOf(text, completion.hits);
  const open = options.length > 0;
  useEffect(() => input.current?.focus(), []);

  const begin = (address: string) => talk.mutate(address);
  const choose = (o: Option | undefined) => {
    setWithout("");
    if (!o) return;
    if (o.kind === "ask") return completion.askAll();
    if (o.kind === "address") return begin(o.address);
    if (o.kind === "group") return;
    const [jid] = o.hit.jid;
    if (!jid) return setWithout(named(o.hit));
    if (o.hit.kind === "room") return go(`/chat/rooms?room=${encodeURIComponent(jid)}`);
    begin(jid);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "ArrowDown") setActive(Math.min(options.length - 1, active + 1));
    else if (e.key === "ArrowUp") setActive(Math.max(0, active - 1));
    else if (e.key === "Enter") choose(options[active]);
    else if (e.key === "Escape" && text === "") return go("/chat");
    else if (e.key === "Escape") setText("");
    else return;
    e.preventDefault();
  };
  return (
    <Asked title={words.title}>
      <p className="quiet">{words.text}</p>
      <div className={classes.whom}>
        <label htmlFor={id}>{words.label}</label>
        <input
          id={id}
          ref={input}
          value={text}
          placeholder={words.hint}
          autoComplete="off"
          spellCheck={false}
          role="combobox"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open ? `${id}-${active}` : undefined}
          onChange={(e) => {
            setText(e.currentTarget.value);
            setActive(0);
            setWithout("");
          }}
          onKeyDown={onKeyDown}
        />
        {open ? (
          <div className={classes.found}>
            <Suggestions
              id={id}
              options={options}
              active={active}
              completion={completion}
              choose={choose}
              setActive={setActive}
            />
          </div>
        ) : null}
      </div>
      {without ? <p role="alert">{words.noChat(without)}</p> : null}
      {talk.isError ? <ProblemState error={talk.error} inline /> : null}
    </Asked>
  );
}

type Hits = ReturnType<typeof useCompletion>["hits"];

/** optionsOf: organisations and lists cannot be talked to; whoever has a chat address stands first. */
function optionsOf(text: string, hits: Hits): Option[] {
  if (text.trim() === "") return [];
  const found = hits.filter((h) => h.kind !== "organisation" && h.kind !== "list");
  const options: Option[] = found.map((hit) => ({ kind: "hit", hit }));
  if (looksLikeAddress(text)) options.push({ kind: "address", address: text.trim() });
  return [...options, { kind: "ask" }];
}
