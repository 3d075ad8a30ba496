import { Button, Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Account, AccountInput } from "../../api/types";
import { announce } from "../../components/announce";
import { DetailHead } from "../../components/split";
import classes from "./accounts.module.css";
import { Choice } from "./choice";
import { NotSaved } from "./failed-form";
import { useAccountActs } from "./queries";
import { Tested } from "./tested";
import { useAccountWords } from "./words";

export type Kind = AccountInput["kind"];

type Props = {
  /** What is stored; undefined: a new one. */
  account: Account | undefined;
  kind: Kind;
  cas: readonly string[];
  managed: boolean;
  /** done is told the name under which it was saved; undefined: it was removed, or left. */
  done: (name?: string) => void;
};

const fresh = (kind: Kind): AccountInput => ({
  name: "",
  kind,
  address: "",
  security: kind === "imap" ? "tls" : "starttls",
});

/** AccountForm is one account: tested as it stands in the form, before it is saved. */
export function AccountForm({ account, kind, cas, managed, done }: Props) {
  const words = useAccountWords();
  const [form, setForm] = useState<AccountInput>(account?.settings ?? fresh(kind));
  const { attempt, save, remove } = useAccountActs(account?.settings.name);
  const set = (part: Partial<AccountInput>) => setForm((now) => ({ ...now, ...part }));
  const lacks = form.name.trim() === "" || form.address.trim() === "";
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    if (lacks || managed) return;
    // Of the account as it was when the form was opened, or saved last: whoever changed it meanwhile is not overwritten.
    save.mutate(form, {
      onSuccess: (saved) => {
        announce([words.saved(saved.account), ...saved.warnings].join(" "));
        set({ password: "", clientCertificate: "", clientKey: "", caPem: "" }); // they are stored: nothing sends them once more
        if (saved.revision) set({ revision: saved.revision });
        done(saved.account);
      },
    });
  };
  return (
    <article className={classes.detail}>
      <DetailHead
        id={account?.settings.name ?? kind}
        title={account?.settings.name ?? words.form.new[kind]}
        close={done}
      />
      <section>
        <form className={classes.form} onSubmit={onSubmit}>
          <fieldset disabled={managed} className={classes.whole}>
            <Fields form={form} set={set} account={account} cas={cas} />
          </fieldset>
          <div className={classes.line}>
            {managed ? null : (
              <Button type="submit" disabled={lacks || save.isPending}>
                {save.isPending ? words.saving : words.save}
              </Button>
            )}
            <Button variant="default" disabled={lacks || attempt.isPending} onClick={() => attempt.mutate(form)}>
              {attempt.isPending ? words.test.testing : words.test.act}
            </Button>
          </div>
          <p className={classes.small}>{lacks ? words.form.lacks : words.test.hint}</p>
        </form>
        <NotSaved error={save.error ?? attempt.error} />
        {attempt.data ? (
          <Tested
            test={attempt.data}
            trust={(caPem) => set({ caPem, ca: free(form.name || kind, cas) })}
            pin={(pin) => set({ pins: [...new Set([...(form.pins ?? []), pin])] })}
          />
        ) : null}
        {account && !managed ? (
          <Removal account={account} revision={form.revision ?? ""} remove={remove} done={done} />
        ) : null}
      </section>
    </article>
  );
}

/** free is a name that no CA has yet: what the server showed takes no other one's place. */
function free(name: string, cas: readonly string[]): string {
  let out = name;
  for (let n = 2; cas.includes(out); n++) out = `${name}-${n}`;
  return out;
}

type RemovalProps = {
  account: Account;
  revision: string;
  remove: ReturnType<typeof useAccountActs>["remove"];
  done: () => void;
};

/** Removal says what uses the account before it goes. */
function Removal({ account: a, revision, remove, done }: RemovalProps) {
  const words = useAccountWords();
  const { name } = a.settings;
  const onSuccess = () => {
    announce(words.removed(name));
    done();
  };
  return (
    <details className={classes.more}>
      <summary>{words.removal}</summary>
      <p>{words.removeMeans}</p>
      {a.uses.length > 0 ? <p>{words.removeUsed(a.uses.map((u) => u.address).join(", "))}</p> : null}
      {a.waiting > 0 ? <p>{words.removeWaiting(a.waiting)}</p> : null}
      <Button
        variant="default"
        disabled={remove.isPending}
        onClick={() => remove.mutate({ unbind: a.uses.map((u) => u.identity), revision }, { onSuccess })}
      >
        {words.remove(name)}
      </Button>
      <NotSaved error={remove.error} />
    </details>
  );
}

type FieldsProps = {
  form: AccountInput;
  set: (part: Partial<AccountInput>) => void;
  account: Account | undefined;
  cas: readonly string[];
};

function Fields({ form, set, account, cas }: FieldsProps) {
  const { form: words } = useAccountWords();
  const { kind } = form;
  const chat = kind === "xmpp";
  return (
    <>
      {account ? null : (
        <Text label={words.name} hint={words.nameHint} value={form.name} max={64} change={(name) => set({ name })} />
      )}
      {chat ? <Text label={words.jid} hint={words.jidHint} value={form.jid} change={(jid) => set({ jid })} /> : null}
      <Text
        label={words.address}
        hint={words.addressHint[kind]}
        value={form.address}
        max={300}
        change={(address) => set({ address })}
      />
      <NativeSelect
        label={words.security}
        description={form.security === "plain" ? words.plainMeans : undefined}
        value={form.security}
        onChange={(e) => set({ security: e.currentTarget.value as AccountInput["security"] })}
        data={(chat ? (["tls", "starttls"] as const) : (["tls", "starttls", "plain"] as const)).map((s) => ({
          value: s,
          label: words.securities[s],
        }))}
      />
      {form.security === "plain" ? null : <Trust form={form} set={set} cas={cas} />}
      {form.security === "plain" ? null : <Login form={form} set={set} account={account} />}
      {kind === "imap" ? <Mailbox form={form} set={set} /> : null}
      <More form={form} set={set} account={account} />
    </>
  );
}

type Part = Pick<FieldsProps, "form" | "set">;

function Trust({ form, set, cas }: Part & { cas: readonly string[] }) {
  const { form: words } = useAccountWords();
  const shown = form.caPem ? [{ value: form.ca ?? "", label: words.caPem(form.ca ?? "") }] : [];
  return (
    <NativeSelect
      label={words.ca}
      description={words.caHint}
      value={form.ca ?? ""}
      onChange={(e) => {
        set({ caPem: "", ca: e.currentTarget.value });
      }}
      data={[
        { value: "", label: words.caNone },
        ...shown,
        ...cas.filter((c) => c !== form.ca || !form.caPem).map((c) => ({ value: c, label: c })),
      ]}
    />
  );
}

function Login({ form, set, account }: Part & { account: Account | undefined }) {
  const { form: words } = useAccountWords();
  const stored = account?.password === "stored";
  const hint = stored
    ? words.passwordStored
    : account?.password === "missing"
      ? words.passwordMissing
      : words.passwordNew;
  return (
    <>
      {form.kind === "xmpp" ? null : (
        <Text label={words.user} value={form.user} max={255} change={(user) => set({ user })} />
      )}
      {form.auth === "none" || form.auth === "external" ? null : (
        <PasswordInput
          label={words.password}
          description={hint}
          value={form.password ?? ""}
          maxLength={4096}
          autoComplete="new-password"
          onChange={(e) => set({ password: e.currentTarget.value })}
        />
      )}
    </>
  );
}

function Mailbox({ form, set }: Part) {
  const { form: words } = useAccountWords();
  return (
    <>
      <Checkbox
        label={words.inbox}
        checked={form.inbox ?? true}
        onChange={(e) => set({ inbox: e.currentTarget.checked })}
      />
      <Checkbox
        label={words.sent}
        checked={form.sent ?? false}
        onChange={(e) => set({ sent: e.currentTarget.checked, ...(e.currentTarget.checked ? {} : { sentFolder: "" }) })}
      />
      {form.sent ? (
        <Text
          label={words.sentFolder}
          hint={words.folderHint}
          value={form.sentFolder}
          change={(sentFolder) => set({ sentFolder })}
        />
      ) : null}
      <Checkbox
        label={words.drafts}
        checked={form.drafts ?? false}
        onChange={(e) =>
          set({ drafts: e.currentTarget.checked, ...(e.currentTarget.checked ? {} : { draftsFolder: "" }) })
        }
      />
      {form.drafts ? (
        <Text
          label={words.draftsFolder}
          hint={words.folderHint}
          value={form.draftsFolder}
          change={(draftsFolder) => set({ draftsFolder })}
        />
      ) : null}
      <Choice
        legend={words.clearance}
        hint={words.clearanceHint}
        of="clearance"
        value={form.clearance}
        change={(clearance) => set({ clearance: clearance as NonNullable<typeof clearance> })}
      />
    </>
  );
}

const auths = ["auto", "scram", "plain", "external", "oauthbearer", "none"] as const;

/** More is what few accounts need: left empty, the delivered values hold. */
function More({ form, set, account }: Part & { account: Account | undefined }) {
  const { form: words } = useAccountWords();
  const { kind } = form;
  const offered = kind === "xmpp" ? auths.filter((a) => a !== "oauthbearer" && a !== "none") : auths;
  return (
    <details className={classes.more}>
      <summary>{words.more}</summary>
      {form.security === "plain" ? null : (
        <>
          <NativeSelect
            label={words.auth}
            value={form.auth ?? "auto"}
            onChange={(e) => set({ auth: e.currentTarget.value as NonNullable<AccountInput["auth"]> })}
            data={offered.map((a) => ({ value: a, label: words.auths[a] }))}
          />
          <Textarea
            label={words.certificate}
            description={account && account.key !== "none" ? words.keyStored : undefined}
            value={form.clientCertificate ?? ""}
            rows={2}
            spellCheck={false}
            onChange={(e) => set({ clientCertificate: e.currentTarget.value })}
          />
          <Textarea
            label={words.key}
            description={words.keyHint}
            value={form.clientKey ?? ""}
            rows={2}
            spellCheck={false}
            autoComplete="off"
            onChange={(e) => set({ clientKey: e.currentTarget.value })}
          />
          <Text
            label={words.serverName}
            hint={words.serverNameHint}
            value={form.serverName}
            change={(serverName) => set({ serverName })}
          />
          <List label={words.pins} hint={words.pinsHint} value={form.pins ?? []} change={(pins) => set({ pins })} />
        </>
      )}
      <Text
        label={words.timeout}
        hint={words.timeoutHint}
        value={form.timeout}
        max={32}
        change={(timeout) => set({ timeout })}
      />
      {kind === "smtp" ? <Submission form={form} set={set} /> : null}
      {kind === "xmpp" ? (
        <>
          <Text
            label={words.resource}
            hint={words.resourceHint}
            value={form.resource}
            change={(resource) => set({ resource })}
          />
          <List
            label={words.rooms}
            hint={words.roomsHint}
            value={form.rooms ?? []}
            change={(rooms) => set({ rooms })}
          />
        </>
      ) : null}
    </details>
  );
}

function Submission({ form, set }: Part) {
  const { form: words } = useAccountWords();
  return (
    <>
      <Text
        label={words.maxSize}
        value={form.maxSize ? String(form.maxSize) : ""}
        max={15}
        change={(v) => set({ maxSize: Number.parseInt(v, 10) || 0 })}
      />
      <NativeSelect
        label={words.labelForm}
        value={form.labelForm ?? ""}
        onChange={(e) =>
          set({ labelForm: (e.currentTarget.value || undefined) as NonNullable<AccountInput["labelForm"]> })
        }
        data={(["", "label", "binding"] as const).map((f) => ({ value: f, label: words.labelForms[f] }))}
      />
      <Checkbox
        label={words.readReceipts}
        checked={form.readReceipts ?? false}
        onChange={(e) => set({ readReceipts: e.currentTarget.checked })}
      />
      <Checkbox
        label={words.requireTls}
        checked={form.requireTls ?? false}
        onChange={(e) => set({ requireTls: e.currentTarget.checked })}
      />
    </>
  );
}

type ListProps = { label: string; hint: string; value: string[]; change: (all: string[]) => void };

/** List is several words in one field; what is typed stays as it is typed. */
function List({ label, hint, value, change }: ListProps) {
  const [text, setText] = useState(value.join(" "));
  const shown = listOf(text).join(" ") === value.join(" ") ? text : value.join(" "); // set by a button meanwhile
  const typed = (next: string) => {
    setText(next);
    change(listOf(next));
  };
  return <Text label={label} hint={hint} value={shown} change={typed} />;
}

const listOf = (text: string) => text.split(/[\s,]+/).filter((x) => x !== "");

type TextProps = {
  label: string;
  hint?: string;
  value: string | undefined;
  max?: number;
  change: (text: string) => void;
};

/** Text is a field that holds typed text as it is: nothing completes or corrects it. */
export function Text({ label, hint, value, max = 3000, change }: TextProps) {
  return (
    <TextInput
      label={label}
      description={hint}
      value={value ?? ""}
      maxLength={max}
      autoComplete="off"
      spellCheck={false}
      onChange={(e) => change(e.currentTarget.value)}
    />
  );
}
