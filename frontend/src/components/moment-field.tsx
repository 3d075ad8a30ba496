import { TextInput } from "@mantine/core";
import { useState } from "react";
import { catalogue, useLanguage } from "../words/language";
import { longTime } from "../words/time";
import { dayIn, momentIn } from "./moment";

const useMomentWords = catalogue({
  en: {
    day: "YYYY-MM-DD",
    form: "YYYY-MM-DD HH:MM",
    as: "Such as 2026-11-21 14:05",
    wrong: "Write it as 2026-11-21 14:05.",
    wrongDay: "Write the day as 2026-11-21.",
  },
  fr: {
    day: "AAAA-MM-JJ",
    form: "AAAA-MM-JJ HH:MM",
    as: "Par exemple 2026-11-21 14:05",
    wrong: "Écrivez-le comme 2026-11-21 14:05.",
    wrongDay: "Écrivez le jour comme 2026-11-21.",
  },
});

type Props = { label: string; value: string; set: (value: string) => void };

/** MomentField is a day and a time of day in UTC, typed as everywhere; what was typed is said in words, so that no two can be mistaken. */
export function MomentField({ label, value, set }: Props) {
  const words = useMomentWords();
  const { language } = useLanguage();
  const [isLeft, setLeft] = useState(false);
  const at = momentIn(value);
  const isWrong = value.trim() !== "" && !at;
  return (
    <TextInput
      label={label}
      description={at ? longTime(at, language) : words.as}
      placeholder={words.form}
      value={value}
      maxLength={40}
      autoComplete="off"
      spellCheck={false}
      error={isWrong && isLeft ? words.wrong : undefined}
      onFocus={() => setLeft(false)}
      onBlur={() => setLeft(true)}
      onChange={(e) => set(e.currentTarget.value)}
    />
  );
}

/** DayField is a day, typed; it is told when it is one, or when the field is empty. */
export function DayField({ label, value, set }: Props) {
  const words = useMomentWords();
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  if (value !== told) {
    setTold(value); // it was set by something else
    setTyped(value);
  }
  const isWrong = typed.trim() !== "" && !dayIn(typed);
  const onChange = (text: string) => {
    setTyped(text);
    const day = text.trim() === "" ? "" : dayIn(text);
    if (day === undefined || day === value) return;
    setTold(day);
    set(day);
  };
  return (
    <TextInput
      size="xs"
      w={120}
      aria-label={label}
      aria-invalid={isWrong || undefined}
      title={isWrong ? words.wrongDay : undefined}
      placeholder={words.day}
      value={typed}
      maxLength={40}
      autoComplete="off"
      spellCheck={false}
      error={isWrong}
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  );
}
