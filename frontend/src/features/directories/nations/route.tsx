import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Domain, Link, NationSetUp, RouteInput } from "../../../api/types";
import { announce } from "../../../components/announce";
import { ClearanceEditor } from "../../../components/clearance/editor";
import classes from "../directories.module.css";
import { useRouteTo } from "../queries";
import { Refused } from "../refused";
import { useNationWords } from "./words";

type Channel = Domain["channel"];
/** Numbered is a link with what tells it apart while its name is typed. */
type Numbered = Link & { key: number };

const newLink = (key: number, name = ""): Numbered => ({ key, name, clearance: {} });

type Props = { nation: NationSetUp; domain: Domain | undefined; close: () => void };

/** RouteForm makes or changes the way to a domain: its links in order, each with the clearance of the peer at its end. */
export function RouteForm({ nation: n, domain: d, close }: Props) {
  const words = useNationWords();
  const [domain, setDomain] = useState(d?.domain ?? "");
  const [channel, setChannel] = useState<Channel>(d?.channel ?? "mail");
  const { nation: _, links: old, ...kept } = d?.route ?? { nation: n.nation };
  const [more, setMore] = useState(kept);
  const [links, setLinks] = useState<Numbered[]>(old?.map((l, key) => ({ ...l, key })) ?? [newLink(0)]);
  const { set, remove } = useRouteTo(channel);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    set.mutate(
      { domain: domain.trim(), route: routeOf(n, channel, more, links) },
      { onSuccess: () => ended(words.saved) },
    );
  };
  const ended = (said: (domain: string) => string) => {
    announce(said(domain.trim()));
    close();
  };
  const change = (key: number, part: Partial<Link>) =>
    setLinks(links.map((l) => (l.key === key ? { ...l, ...part } : l)));
  return (
    <form
      className={classes.form}
      onSubmit={submit}
      aria-label={d ? words.form(d.domain) : words.newForm(n.nation)}
      onKeyDown={(e) => e.key === "Escape" && close()}
    >
      <h3>{d ? words.form(d.domain) : words.newForm(n.nation)}</h3>
      {d ? null : (
        <>
          <TextInput
            label={words.domain}
            value={domain}
            maxLength={253}
            autoComplete="off"
            spellCheck={false}
            onChange={(e) => setDomain(e.currentTarget.value)}
          />
          <NativeSelect
            label={words.channel}
            value={channel}
            onChange={(e) => setChannel(e.currentTarget.value === "chat" ? "chat" : "mail")}
            data={(["mail", "chat"] as const).map((c) => ({ value: c, label: words.channels[c] }))}
          />
        </>
      )}
      <p className={classes.small}>{n.own ? words.ownMeans : words.rule(n.nation)}</p>
      {n.own
        ? null
        : links.map((l, i) => (
            <OneLink
              key={l.key}
              link={l}
              number={i + 1}
              channel={channel}
              change={(part) => change(l.key, part)}
              drop={links.length > 1 ? () => setLinks(links.filter((x) => x.key !== l.key)) : undefined}
            />
          ))}
      {n.own ? null : (
        <div className={classes.line}>
          <Button
            size="xs"
            variant="default"
            onClick={() => setLinks([...links, newLink(Math.max(...links.map((l) => l.key)) + 1)])}
          >
            {words.moreLinks}
          </Button>
        </div>
      )}
      {channel === "chat" && n.own ? (
        <Checkbox
          label={words.ownReceipts}
          checked={more.receipts ?? false}
          onChange={(e) => setMore({ ...more, receipts: e.currentTarget.checked })}
        />
      ) : null}
      {channel === "chat" && !n.own ? (
        <Checkbox
          label={words.firstLine}
          checked={more.firstLine ?? false}
          onChange={(e) => setMore({ ...more, firstLine: e.currentTarget.checked })}
        />
      ) : null}
      <div className={classes.line}>
        <Button type="submit" disabled={set.isPending || domain.trim() === ""}>
          {words.save(domain.trim())}
        </Button>
        <Button variant="default" onClick={close}>
          {words.cancel}
        </Button>
        {d?.route ? (
          <Button
            variant="default"
            disabled={remove.isPending}
            onClick={() =>
              remove.mutate(
                { domain: d.domain, revision: d.route?.revision ?? "" },
                { onSuccess: () => ended(words.removed) },
              )
            }
          >
            {words.remove(d.domain)}
          </Button>
        ) : null}
      </div>
      <Refused error={set.error ?? remove.error} />
    </form>
  );
}

type LinkProps = {
  link: Link;
  number: number;
  channel: Channel;
  change: (part: Partial<Link>) => void;
  drop: (() => void) | undefined;
};

const refusable = ["messages", "rooms", "queries"] as const;

function OneLink({ link: l, number, channel, change, drop }: LinkProps) {
  const words = useNationWords();
  const refused = l.refuse ?? [];
  return (
    <fieldset className={classes.link}>
      <legend>{words.link(number)}</legend>
      <TextInput
        label={words.linkName}
        value={l.name}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onChange={(e) => change({ name: e.currentTarget.value })}
      />
      <ClearanceEditor value={l.clearance} change={(clearance) => change({ clearance })} />
      {channel === "chat" ? (
        <>
          <Checkbox
            label={words.receipts}
            checked={l.receipts ?? false}
            onChange={(e) => change({ receipts: e.currentTarget.checked })}
          />
          <fieldset className={classes.link}>
            <legend>{words.refuse}</legend>
            {refusable.map((kind) => (
              <Checkbox
                key={kind}
                label={words.refuses[kind]}
                checked={refused.includes(kind)}
                onChange={(e) =>
                  change({ refuse: e.currentTarget.checked ? [...refused, kind] : refused.filter((x) => x !== kind) })
                }
              />
            ))}
          </fieldset>
        </>
      ) : null}
      {drop ? (
        <Button size="xs" variant="default" onClick={drop}>
          {words.lessLinks}
        </Button>
      ) : null}
    </fieldset>
  );
}

/** routeOf is the route as the program wants it: nothing of the other channel, and of the own nation no links. */
function routeOf(n: NationSetUp, channel: Channel, more: Partial<RouteInput>, links: readonly Numbered[]): RouteInput {
  const isChat = channel === "chat";
  const revision = more.revision ? { revision: more.revision } : {};
  if (n.own)
    return { nation: n.nation, own: true, ...revision, ...(isChat && more.receipts ? { receipts: true } : {}) };
  return {
    nation: n.nation,
    ...revision,
    ...(isChat && more.firstLine ? { firstLine: true } : {}),
    links: links.map(({ key: _, receipts, refuse, ...l }) => ({
      ...l,
      ...(isChat && receipts ? { receipts } : {}),
      ...(isChat && refuse?.length ? { refuse } : {}),
    })),
  };
}
