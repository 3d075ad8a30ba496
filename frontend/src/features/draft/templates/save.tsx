import { Button, Popover, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { randomName } from "../../../api/changes";
import { api, ask } from "../../../api/client";
import { announce } from "../../../components/announce";
import panel from "../../../components/panel.module.css";
import { ProblemState } from "../../../components/state";
import { useLanguage } from "../../../words/language";
import { type Content, storedOf } from "../state";
import text from "../text/text.module.css";
import classes from "./templates.module.css";
import { useTemplateWords } from "./words";

type Props = { content: Content; opened: boolean; setOpened: (opened: boolean) => void };

/** SaveTemplate keeps the draft as it is under a name, to begin others from. */
export function SaveTemplate({ content, opened, setOpened }: Props) {
  const words = useTemplateWords();
  return (
    <Popover opened={opened} onChange={setOpened} withinPortal={false} trapFocus position="bottom-end">
      <Popover.Target>
        <button type="button" className={`${panel.act} ${text.tool}`} onClick={() => setOpened(!opened)}>
          {words.open}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.title}>
        {opened ? <Form content={content} close={() => setOpened(false)} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

function Form({ content, close }: { content: Content; close: () => void }) {
  const words = useTemplateWords();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const [name, setName] = useState(content.subject.slice(0, 200));
  const [fresh] = useState(randomName); // a second click makes no second template
  const all = useQuery({
    queryKey: ["templates", language],
    queryFn: ({ signal }) => ask(api.GET("/api/templates", { params: { query: { lang: language } }, signal })),
    staleTime: 0,
  });
  const same = all.data?.find((t) => t.name.trim().toLowerCase() === name.trim().toLowerCase());
  const save = useMutation({
    mutationFn: () => {
      // When it is sent, and why its label was changed, belong to this one draft. What it inherited stays: it binds whoever
      // goes on with the text.
      const { typing: _, sendAt: __, inReplyTo: ___, relabelled: ____, answers: _____, ...rest } = storedOf(content);
      const path = { id: same?.id ?? fresh };
      return ask(api.PUT("/api/templates/{id}", { params: { path }, body: { name: name.trim(), content: rest } }));
    },
    onSuccess: async (t) => {
      announce(words.saved(t.name));
      close();
      await queries.invalidateQueries({ queryKey: ["templates"] });
    },
  });
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (name.trim() !== "" && all.data) save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={onSubmit}>
      <TextInput
        data-autofocus
        label={words.name}
        value={name}
        maxLength={200}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <p className="quiet">{words.means}</p>
      {(all.error ?? save.error) ? <ProblemState error={all.error ?? save.error} inline /> : null}
      <Button size="compact-sm" type="submit" disabled={name.trim() === "" || save.isPending || !all.data}>
        {same ? words.replace : words.save}
      </Button>
    </form>
  );
}
