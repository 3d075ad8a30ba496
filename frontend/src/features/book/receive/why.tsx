import { Autocomplete, Button } from "@mantine/core";
import { useState } from "react";
import type { LabelSelection, Why } from "../../../api/types";
import { named } from "../../../components/hit";
import { OutcomeMark } from "../../../components/outcome";
import { ProblemState } from "../../../components/state";
import { useLanguage } from "../../../words/language";
import { useNote } from "../../../words/reasons";
import { longTime } from "../../../words/time";
import bookClasses from "../book.module.css";
import { everything, useSearch } from "../queries";
import { type Channel, useWhy } from "./queries";
import classes from "./receive.module.css";
import { useReceiveWords } from "./words";

type Props = { label: LabelSelection; channel: Channel };

/** WhyNot asks about one person: may he receive this label, and what is missing if not. What he holds is not said (RULES 19). */
export function WhyNot({ label, channel }: Props) {
  const words = useReceiveWords();
  const [text, setText] = useState("");
  const found = useSearch({ ...everything, text }, 10);
  const why = useWhy();
  const options = (text.trim() === "" ? [] : (found.data?.hits ?? [])).map((h) => ({
    value: h.id,
    label: `${named(h)}, ${h.nation}${h.address ? ` – ${h.address}` : ""}`,
  }));
  const ask = (id: string) => why.mutate({ label, channel, id });
  return (
    <section className={classes.why} aria-labelledby="why">
      <h2 id="why">{words.why.title}</h2>
      <div className={bookClasses.line}>
        <Autocomplete
          size="xs"
          className={classes.whom}
          aria-label={words.why.field}
          placeholder={words.why.hint}
          value={text}
          data={options}
          filter={({ options }) => options}
          maxLength={200}
          comboboxProps={{ withinPortal: false, position: "top-start" }}
          onChange={setText}
          onOptionSubmit={(id) => ask(id)}
        />
        <Button
          size="xs"
          variant="default"
          disabled={!text.includes("@") || why.isPending}
          onClick={() => ask(text.trim())}
        >
          {words.why.ask}
        </Button>
      </div>
      {why.error ? <ProblemState error={why.error} inline /> : null}
      {why.data ? <Answer why={why.data} /> : null}
    </section>
  );
}

function Answer({ why: w }: { why: Why }) {
  const words = useReceiveWords();
  const name = w.name || w.address;
  return (
    <div role="status">
      <p>
        <strong>{w.may ? words.why.may(name) : words.why.mayNot(name)}</strong>{" "}
        <span className="quiet">{w.address}</span>
      </p>
      <Verdict title={words.why.clearance} verdict={w.verdict} />
      <Verdict title={words.why.route} verdict={w.route} />
      {w.members.map((m) => (
        <Verdict key={m.name} title={m.name ?? ""} verdict={m} />
      ))}
    </div>
  );
}

function Verdict({ title, verdict: v }: { title: string; verdict: Why["verdict"] }) {
  const words = useReceiveWords();
  const note = useNote();
  const { language } = useLanguage();
  return (
    <p>
      {title}: <OutcomeMark outcome={v.outcome} /> {v.reasons.join(" ")} {v.note ? note(v.note) : ""}{" "}
      {v.readAt ? <span className="quiet">{words.why.read(longTime(v.readAt, language))}</span> : null}
    </p>
  );
}
