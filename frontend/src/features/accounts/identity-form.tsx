import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ask } from "../../api/client";
import type { Account, BoundIdentity, Hit, IdentityInput } from "../../api/types";
import { announce } from "../../components/announce";
import { DetailHead } from "../../components/split";
import { ProblemState } from "../../components/state";
import { Text } from "./account-form";
import classes from "./accounts.module.css";
import { NotSaved } from "./failed-form";
import { useIdentityActs } from "./queries";
import { useAccountWords } from "./words";

type Props = {
  identity: BoundIdentity | undefined;
  accounts: readonly Account[];
  nation: string;
  managed: boolean;
  done: (id?: string) => void;
};

const roles = ["drafter", "administrator", "auditor"] as const;

/** IdentityForm binds an entry of the own nation's directory to a user, with the accounts by which he sends and reads. */
export function IdentityForm({ identity, accounts, nation, managed, done }: Props) {
  const words = useAccountWords();
  const { identity: own } = words;
  const [form, setForm] = useState<IdentityInput>(identity?.settings ?? { user: "*", directory: "", dn: "" });
  const { save, remove } = useIdentityActs(identity?.id);
  const set = (part: Partial<IdentityInput>) => setForm({ ...form, ...part });
  const take = (h: Hit) => set({ directory: h.directory, dn: h.dn, mail: h.mail?.[0] ?? "", jid: h.jid?.[0] ?? "" });
  const lacks = form.user.trim() === "" || form.dn === "" || !(form.mail || form.jid);
  const title = identity ? (identity.name ?? form.mail ?? form.jid ?? form.dn) : own.new;
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (lacks || managed) return;
    save.mutate(form, {
      onSuccess: (saved) => {
        announce(words.saved(form.mail || form.jid || form.dn));
        done(saved.id);
      },
    });
  };
  const onRemoved = () => {
    announce(words.removed(title));
    done();
  };
  const choices = (kind: Account["settings"]["kind"], none: string) => [
    { value: "", label: none },
    ...accounts.filter((a) => a.settings.kind === kind).map((a) => a.settings.name),
  ];
  return (
    <article className={classes.detail}>
      <DetailHead id={identity?.id ?? "new"} title={title} close={done} />
      <section>
        <form className={classes.form} onSubmit={onSubmit}>
          <fieldset disabled={managed} className={classes.whole}>
            <Text label={own.user} hint={own.userHint} value={form.user} max={255} change={(user) => set({ user })} />
            {managed ? null : <Finder nation={nation} take={take} />}
            {form.dn ? (
              <p>
                {own.entry}: <span className="mono">{form.dn}</span> ({form.directory})
              </p>
            ) : null}
            <Text label={own.mail} value={form.mail} change={(mail) => set({ mail })} />
            <Text label={own.jid} value={form.jid} change={(jid) => set({ jid })} />
            <NativeSelect
              label={own.account}
              value={form.account ?? ""}
              onChange={(e) => set({ account: e.currentTarget.value })}
              data={choices("smtp", own.accountAny)}
            />
            <NativeSelect
              label={own.mailbox}
              value={form.mailbox ?? ""}
              onChange={(e) => set({ mailbox: e.currentTarget.value })}
              data={choices("imap", own.none)}
            />
            <NativeSelect
              label={own.chat}
              value={form.chat ?? ""}
              onChange={(e) => set({ chat: e.currentTarget.value })}
              data={choices("xmpp", own.none)}
            />
            <fieldset>
              <legend>{own.roles}</legend>
              <p className={classes.small}>{own.rolesHint}</p>
              {roles.map((r) => (
                <Checkbox
                  key={r}
                  label={words.roles[r]}
                  checked={form.roles?.includes(r) ?? false}
                  onChange={(e) => {
                    const others = (form.roles ?? []).filter((x) => x !== r);
                    set({ roles: e.currentTarget.checked ? [...others, r] : others });
                  }}
                />
              ))}
            </fieldset>
          </fieldset>
          {managed ? null : (
            <div className={classes.line}>
              <Button type="submit" disabled={lacks || save.isPending}>
                {save.isPending ? words.saving : words.save}
              </Button>
              {lacks ? <span className="quiet">{own.lacks}</span> : null}
            </div>
          )}
        </form>
        <NotSaved error={save.error} />
        {identity && !managed ? (
          <details className={classes.more}>
            <summary>{words.removal}</summary>
            <p>{own.removeMeans}</p>
            <Button
              variant="default"
              disabled={remove.isPending}
              onClick={() => remove.mutate(undefined, { onSuccess: onRemoved })}
            >
              {words.remove(title)}
            </Button>
            <NotSaved error={remove.error} />
          </details>
        ) : null}
      </section>
    </article>
  );
}

/** Finder searches the address book for the entry. Only those of the own nation can be taken (RULES 10). */
function Finder({ nation, take }: { nation: string; take: (h: Hit) => void }) {
  const { identity: words } = useAccountWords();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    queryKey: ["book", "identity", asked],
    enabled: asked.length > 1,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/book/search", { params: { query: { text: asked, nation, limit: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });
  const hits = (found.data?.hits ?? []).filter((h) => h.nation === nation && h.decides).slice(0, 8);
  return (
    <div>
      <TextInput
        label={words.find}
        description={words.findHint}
        value={text}
        maxLength={200}
        autoComplete="off"
        onChange={(e) => setText(e.currentTarget.value)}
      />
      {found.error ? <ProblemState error={found.error} inline /> : null}
      {asked.length > 1 && found.data ? (
        <div role="status">
          {hits.length === 0 ? <p className="quiet">{words.nothing}</p> : null}
          <ul className={classes.checks} aria-label={words.found}>
            {hits.map((h) => (
              <li key={h.id}>
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => {
                    take(h);
                    setText("");
                  }}
                >
                  {words.take(h.name)}
                </Button>
                <span className="quiet">{h.address}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
